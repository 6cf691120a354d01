"""Watching a run on this machine: each function is called through here."""

import time
from collections.abc import Callable
from typing import Any

from lambdas.core.runtime.observability import logger
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from retake.view.records import Records
from retake.view.run_watch import Watch, record_of


class WatchedHandlers:
    """The shipped handlers of one run, watched. `records` are the run's."""

    def __init__(self, watch: Watch, records: Records) -> None:
        self._watch = watch
        self._records = records
        self.concluded: dict[str, Any] | None = None
        """What Conclude answered, once it has."""

    def handler_of(self, function: str) -> Handler:
        """The shipped handler of a function, watched."""
        handler = shipped_handler(function)

        def watched(event: dict[str, Any], context: Any) -> Any:
            _tell(lambda: self._watch.began(function, event))
            record = record_of(function, event)
            reused = record is not None and self._records.has(record)
            started_s = time.monotonic()
            try:
                answer = handler(event, context)
            except Exception as error:
                name, said = type(error).__name__, str(error)
                _tell(lambda: self._watch.failed(function, event, name, said))
                raise
            duration_s = None if reused else time.monotonic() - started_s
            if function == "conclude":
                self.concluded = answer
            _tell(lambda: self._watch.ended(function, event, answer, duration_s, self._records))
            return answer

        return watched


def _tell(telling: Callable[[], None]) -> None:
    try:
        telling()
    except Exception:  # noqa: BLE001 - a view that fails must not fail a step that was paid for
        logger.exception("progress could not be told")
