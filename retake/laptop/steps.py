"""Report the steps of a run on this machine while its functions are called."""

import time
from collections.abc import Callable
from typing import Any

from lambdas.core.runtime.observability import logger
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from retake.view.records import Records
from retake.view.run_watch import RunWatch, record_of


class HandlerSteps:
    """Wraps the handlers of one run, and reports each call to the watch. `records` are the run's."""

    def __init__(
        self, watch: RunWatch, records: Records, handler_of: Callable[[str], Handler] = shipped_handler
    ) -> None:
        self._handler_of = handler_of
        self._watch = watch
        self._records = records
        self.conclusion: dict[str, Any] | None = None
        """Conclude's answer; None until it has given one."""

    def handler_of(self, function: str) -> Handler:
        """Return the handler of the function, wrapped."""
        handler = self._handler_of(function)

        def report_call(event: dict[str, Any], context: Any) -> Any:
            _report(lambda: self._watch.on_start(function, event))
            record = record_of(function, event)
            is_reused = record is not None and self._records.has(record)
            started_s = time.monotonic()
            try:
                answer = handler(event, context)
            except Exception as error:
                name, message = type(error).__name__, str(error)
                _report(lambda: self._watch.on_error(function, event, name, message))
                raise
            duration_s = None if is_reused else time.monotonic() - started_s
            if function == "conclude":
                self.conclusion = answer
            _report(lambda: self._watch.on_answer(function, event, answer, duration_s, self._records))
            return answer

        return report_call


def _report(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:  # noqa: BLE001 - a fault of the view must not fail a step that was paid for
        logger.exception("progress could not be shown")
