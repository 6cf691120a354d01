"""Lambda for moto: Python handlers run in this process, and answer as Lambda's Python runtime does."""

import importlib
import json
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)

from lambdas.core.runtime.functions import FUNCTIONS
from retake.emulator.patches.lambda_invoke import Answer, answer_invoke, function_name

# AWS: 6 MB for a function's event, and for its answer.
_MAX_PAYLOAD_BYTES = 6_291_556

Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class LambdaContext:
    """A handler's second argument. The deadline is the deployed function's."""

    function_name: str
    invoked_function_arn: str
    timeout_s: float
    memory_limit_in_mb: int
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    log_group_name: str = ""
    log_stream_name: str = ""
    started_s: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        """Return the rest of the function's timeout."""
        return max(0, int((self.started_s + self.timeout_s - time.monotonic()) * 1000))


def shipped_handler(name: str) -> Handler:
    """Import and return the handler of the function `name`."""
    handler: Handler = importlib.import_module(FUNCTIONS[name].module).handler
    return handler


def invoke(handler: Handler, body: str | bytes | None, context: LambdaContext) -> Answer:
    """Run the handler with the JSON in `body`, and return Lambda's answer."""
    try:
        result = handler(json.loads(body or "{}"), context)
    except SystemExit as stop:
        # From outside, a crashed or killed process looks like this.
        message = f"RequestId: {context.aws_request_id} Error: Runtime exited with error: exit status {stop.code}"
        return Answer(_error("Runtime.ExitError", message), is_error=True)
    except Exception as fault:
        frames = [frame for frame in traceback.format_tb(fault.__traceback__) if __file__ not in frame]
        return Answer(_error(type(fault).__name__, str(fault), context, frames), is_error=True)
    try:
        # Lambda would write NaN, which Step Functions cannot read.
        payload = json.dumps(result, default=_decimal, allow_nan=False).encode()
    except (TypeError, ValueError) as fault:
        message = f"Unable to marshal response: {fault}"
        return Answer(_error("Runtime.MarshalError", message, context, []), is_error=True)
    if len(payload) > _MAX_PAYLOAD_BYTES:
        too_large = f"Response payload size exceeded maximum allowed payload size ({_MAX_PAYLOAD_BYTES} bytes)."
        return Answer(_error("Function.ResponseSizeTooLarge", too_large), is_error=True)
    return Answer(payload, is_error=False)


def _decimal(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _error(kind: str, message: str, context: LambdaContext | None = None, frames: list[str] | None = None) -> bytes:
    answer: dict[str, Any] = {"errorMessage": message, "errorType": kind}
    if context is not None:
        answer |= {"requestId": context.aws_request_id, "stackTrace": frames}
    return json.dumps(answer).encode()


class Invocations:
    """The number of running invocations, including those that their state machine no longer waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.count -= 1


@contextmanager
def patch_lambda(timeouts_s: Mapping[str, int], handler_of: Callable[[str], Handler]) -> Iterator[Invocations]:
    """Inside the block, make moto's Lambda run `handler_of(name)` for the functions named in `timeouts_s`."""
    invocations = Invocations()

    def invoke_function(name: str, function_arn: str, body: Any, request_id: str) -> Answer:
        context = LambdaContext(
            name, function_arn, timeouts_s[name], FUNCTIONS[name].memory_mb, aws_request_id=request_id
        )
        with invocations:
            return invoke(lambda event, context: handler_of(name)(event, context), body, context)

    def invoke_from_task(parameters: dict[str, Any], region: str, state_credentials: Any) -> Any:
        name = function_name(parameters["FunctionName"])
        if name not in timeouts_s or parameters.keys() != {"FunctionName", "Payload"}:
            return _INVOKE_FROM_TASK(parameters, region, state_credentials)
        payload, is_error = invoke_function(name, parameters["FunctionName"], parameters["Payload"], str(uuid.uuid4()))
        answer = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": json.loads(payload)}
        return answer | {"FunctionError": "Unhandled"} if is_error else answer

    with (
        # moto: signs, parses and serialises each invocation as if it went over HTTP (10 ms).
        patch.object(lambda_eval_utils, "_invoke_lambda_function", invoke_from_task),
        # moto: without Docker, its Lambda echoes the event, and runs it for a dry run, too.
        patch.object(LambdaSimpleBackend, "invoke", answer_invoke(timeouts_s, invoke_function)),
        # moto: checks the size of a task's output, not of its input.
        patch.object(StateTaskServiceLambda, "_eval_service_task", _check_input_size(_EVAL_TASK)),
    ):
        yield invocations


_INVOKE_FROM_TASK = lambda_eval_utils._invoke_lambda_function
_EVAL_TASK = StateTaskServiceLambda._eval_service_task


def _check_input_size(original: Any) -> Any:
    def eval_service_task(
        task: StateTaskServiceLambda,
        env: Any,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,
    ) -> None:
        task._verify_size_quota(env, json.loads(normalised_parameters.get("Payload") or "null"))
        original(task, env, resource_runtime_part, normalised_parameters, state_credentials)

    return eval_service_task
