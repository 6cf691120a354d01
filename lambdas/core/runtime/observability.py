"""What every function tells of itself: one JSON log line per invocation, with the run on it."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger

from lambdas.core.runtime import metrics
from lambdas.core.runtime.errors import ModelThrottledError, RetakeError

logger = Logger(service="retake")

_TOLD = ("next", "ending", "outcome", "status", "error", "images", "score", "candidate", "failed", "spent_usd")
_MAX_RUN_ID_CHARS = 100

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def log_invocation(function: str) -> Callable[[Handler], Handler]:
    """Make a handler that logs its outcome, or its fault, under the function's name and the run's."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def logged(event: dict[str, Any], context: Any) -> dict[str, Any]:
            # Local items of a batch share one process, so the keys belong to the thread.
            logger.thread_safe_clear_keys()
            logger.thread_safe_append_keys(function=function, request_id=context.aws_request_id, **_place(event))
            started = time.monotonic()
            try:
                answer = handler(event, context)
            except RetakeError as error:
                logger.warning("fault", extra={"error": type(error).__name__, "fault": str(error)})
                if isinstance(error, ModelThrottledError):
                    # Bedrock's own count of them is the account's, in the model's Region, where no alarm of ours can be.
                    metrics.emit({"Throttles": 1}, function=function)
                raise
            except Exception:
                logger.exception("unexpected fault")
                raise
            # Counters and outcomes only: a result's texts are the user's, and stand in S3.
            told = {name: value for name, value in answer.items() if name in _TOLD}
            logger.info("done", extra={"latency_s": round(time.monotonic() - started, 3), **told})
            return answer

        return logged

    return decorate


def _place(event: dict[str, Any]) -> dict[str, Any]:
    execution, run, asked = event.get("execution") or {}, event.get("run") or {}, event.get("event")
    # Prepare is handed the execution's input as it stands, and that may be a list or a number.
    asked_id = asked.get("run_id") if isinstance(asked, dict) else None
    # Nothing of it was checked yet, and it goes on every line.
    asked_id = asked_id[:_MAX_RUN_ID_CHARS] if isinstance(asked_id, str) else None
    place = {
        "execution": execution.get("name"),
        "run_id": run.get("run_id") or asked_id or execution.get("name"),
        "revision": event.get("revision"),
        "attempt": event.get("attempt"),
    }
    return {name: value for name, value in place.items() if value is not None}
