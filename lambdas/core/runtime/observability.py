"""Log every invocation as one JSON line with the run's id, revision and attempt."""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from aws_lambda_powertools import Logger

from lambdas.core.runtime import metrics
from lambdas.core.runtime.errors import ModelThrottledError, RetakeError

logger = Logger(service="retake")

_LOGGED = (
    "next",
    "ending",
    "outcome",
    "status",
    "error",
    "images",
    "score",
    "candidate",
    "failed",
    "uncertain",
    "spent_usd",
)
_MAX_RUN_ID_CHARS = 100

Event = TypeVar("Event", bound=Mapping[str, Any])
Answer = TypeVar("Answer", bound=Mapping[str, Any])


def log_invocation(function: str) -> Callable[[Callable[[Event, Any], Answer]], Callable[[Event, Any], Answer]]:
    """Decorate a handler: log its outcome, or its fault, under the function's name and the run's."""

    def decorate(handler: Callable[[Event, Any], Answer]) -> Callable[[Event, Any], Answer]:
        @wraps(handler)
        def logged(event: Event, context: Any) -> Answer:
            # On a laptop, the items of a batch run as threads of one process, so the keys belong to the thread.
            logger.thread_safe_clear_keys()
            logger.thread_safe_append_keys(function=function, request_id=context.aws_request_id, **_place(event))
            started = time.monotonic()
            try:
                answer = handler(event, context)
            except RetakeError as error:
                logger.warning("fault", extra={"error": type(error).__name__, "fault": str(error)})
                if isinstance(error, ModelThrottledError):
                    # Bedrock's own throttle metric counts the whole account, in the model's Region, which may not be
                    # the stack's, so that no alarm of the stack can read it.
                    metrics.emit({"Throttles": 1}, function=function)
                raise
            except Exception:
                logger.exception("unexpected fault")
                raise
            # Log counters and outcomes only. Texts of the user stay in S3.
            logged_fields = {name: value for name, value in answer.items() if name in _LOGGED and value is not None}
            logger.info("done", extra={"latency_s": round(time.monotonic() - started, 3), **logged_fields})
            return answer

        return logged

    return decorate


def _place(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the execution, run, revision and attempt of an event: those of them that it has."""
    execution, execution_input = event.get("execution") or {}, event.get("event")
    run = event.get("run") or event.get("unprepared") or {}
    # Prepare receives the execution's input unchecked: it may be a list or a number, and its run id of any length.
    given_id = execution_input.get("run_id") if isinstance(execution_input, dict) else None
    given_id = given_id[:_MAX_RUN_ID_CHARS] if isinstance(given_id, str) else None
    place = {
        "execution": execution.get("name"),
        "run_id": run.get("run_id") or given_id or execution.get("name"),
        "revision": event.get("revision"),
        "attempt": event.get("attempt"),
    }
    return {name: value for name, value in place.items() if value is not None}
