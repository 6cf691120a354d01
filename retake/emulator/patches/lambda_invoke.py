"""Lambda's Invoke over HTTP, for moto: the three types of an invocation, and the end of its log."""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple

from moto.awslambda.exceptions import LambdaClientError, UnknownFunctionException
from moto.awslambda.utils import make_function_arn

from retake.emulator.logs import capture_log

# AWS: LogResult has the last 4 KB of the invocation's log.
_LOG_BYTES = 4096


class Answer(NamedTuple):
    """Lambda's payload. That of an error is `{"errorMessage", "errorType", ...}`."""

    payload: bytes
    is_error: bool


def answer_invoke(names: Container[str], run: Callable[[str, str, Any, str], Answer]) -> Callable[..., bytes]:
    """Return the `invoke` of moto's backend for the functions in `names`.

    run: run a function, given its name, its ARN, the event as JSON, and the id of the request.
    """

    def invoke(
        backend: Any,
        name_or_arn: str,
        _qualifier: str | None,
        body: str | bytes,
        headers: Mapping[str, str],
        response_headers: dict[str, str],
    ) -> bytes:
        name = function_name(name_or_arn)
        arn = make_function_arn(backend.region_name, backend.account_id, name)
        if name not in names:
            raise UnknownFunctionException(arn)
        try:
            json.loads(body or "{}")
        except ValueError as fault:
            message = f"Could not parse request body into json: {fault}"
            raise LambdaClientError("InvalidRequestContentException", message) from None
        request_id = str(uuid.uuid4())
        kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "Event":
            threading.Thread(target=run, args=(name, arn, body, request_id), daemon=True).start()
        if kind != "RequestResponse":
            return b""
        with capture_log() as lines:
            payload, is_error = run(name, arn, body, request_id)
        response_headers["X-Amz-Executed-Version"] = "$LATEST"
        response_headers["x-amz-log-result"] = base64.b64encode(_log(request_id, lines)[-_LOG_BYTES:]).decode()
        if is_error:
            response_headers["x-amz-function-error"] = "Unhandled"
        return payload

    return invoke


def function_name(name_or_arn: str) -> str:
    """Return the name in a function's name or ARN, whole or partial, without its qualifier."""
    return (name_or_arn.partition("function:")[2] or name_or_arn).partition(":")[0]


def _log(request_id: str, lines: list[str]) -> bytes:
    text = "".join(lines)
    return f"START RequestId: {request_id} Version: $LATEST\n{text}END RequestId: {request_id}\n".encode()
