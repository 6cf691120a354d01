"""The HTTP side of the stand-in: the two operations of bedrock-runtime that Retake uses, on loopback.

Source of paths, headers and error bodies: AWS docs, Bedrock API reference (InvokeModel, Converse), and the service
model that ships with botocore 1.44 (bedrock-runtime, 2023-09-30).
"""

import json
import threading
import time
import uuid
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from standin.calls import Call, CallLog
from standin.faults import Fault, FaultScript
from standin.options import Options
from standin.wire import converse_api, image_api
from standin.wire.quota import Quota
from standin.wire.service_error import ServiceError
from standin.wire.service_faults import ERROR_FAULTS, service_error_of

MAX_BODY_BYTES = 25_000_000
"""AWS: largest InvokeModel body; Converse has no documented smaller one."""


@dataclass(frozen=True)
class _Answer:
    status: int
    body: dict[str, Any]
    error_code: str | None = None


class StandIn:
    """A stand-in Bedrock on a loopback port, up between `start()` and `stop()`, or inside a `with`.

    with StandIn(Options(error_rate=0)) as bedrock:
        boto3.client("bedrock-runtime", endpoint_url=bedrock.url, ...)
    """

    def __init__(self, options: Options | None = None, *, port: int = 0) -> None:
        self.options = options or Options()
        self.calls = CallLog()
        self._script = FaultScript(self.options.faults)
        self._quota = Quota(self.options.image_calls_per_s) if self.options.image_calls_per_s else None
        self._port = port
        self._stopping = threading.Event()
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`.

        Raises:
            RuntimeError: the stand-in is not running.
        """
        if self._server is None:
            raise RuntimeError("the stand-in Bedrock is not running; use it in a with statement")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listens on 127.0.0.1; returns when connections are accepted."""
        self._stopping.clear()
        self._server = _Server(self, self._port)
        # The default of half a second is what stop() would wait for.
        serve = partial(self._server.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, name="stand-in-bedrock", daemon=True).start()

    def stop(self) -> None:
        """Stops listening; calls that are being stalled are cut off."""
        if self._server is not None:
            self._stopping.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def answer(self, model_id: str, action: str, body: bytes) -> _Answer | None:
        """Answers one call, or None when the connection is to be dropped instead."""
        started_s = time.monotonic()
        operation, fault = "image" if action == "invoke" else "other", None
        try:
            request = _json_object(body)
            if action == "converse":
                operation = converse_api.operation_of(request)
            fault = self._script.next(operation)
            answer = _Answer(200, self._work(operation, model_id, request, fault, started_s))
        except ServiceError as error:
            answer = _Answer(error.status, _error_body(error), error.code)
        self.calls.append(Call(operation, model_id, answer.status, fault.fault if fault else None))
        if fault is not None and fault.fault == "stall":
            self._stopping.wait(fault.stall_s)
        return None if fault is not None and fault.fault == "drop" else answer

    def _work(
        self, operation: str, model_id: str, request: dict[str, Any], fault: Fault | None, started_s: float
    ) -> dict[str, Any]:
        name = fault.fault if fault else None
        if name in ERROR_FAULTS:
            raise service_error_of(name)
        if operation == "image" and self._quota and not self._quota.allows(model_id):
            raise service_error_of("throttle")
        self._stopping.wait(self.options.image_latency_s if operation == "image" else self.options.claude_latency_s)
        if operation == "image":
            return image_api.invoke(model_id, request, self.options, name)
        return converse_api.converse(model_id, operation, request, name, started_s)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        raise ServiceError("ValidationException", "The provided request is not valid")
    return request


def _error_body(error: ServiceError) -> dict[str, Any]:
    body: dict[str, Any] = {"message": error.message}
    if error.code == "ModelErrorException":
        body["originalStatusCode"] = 500
    return body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A stalled call must not hold up stop().
    block_on_close = False
    request_queue_size = 128

    def __init__(self, stand_in: StandIn, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.stand_in = stand_in

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is no news: the caller's own error tells of it."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Without it every small answer waits 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        # Model ids arrive percent-encoded ("%3A0"), ARNs with their slashes too, so a path has exactly three parts.
        parts = self.path.split("?", 1)[0].strip("/").split("/")
        if len(parts) != 3 or parts[0] != "model" or parts[2] not in ("invoke", "converse"):
            unknown = ServiceError("UnknownOperationException", f"The stand-in has no operation POST {self.path}")
            self._send(_Answer(unknown.status, _error_body(unknown), unknown.code))
            return
        answer = self.server.stand_in.answer(unquote(parts[1]), parts[2], body)
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    def _body(self) -> bytes | None:
        length_bytes = int(self.headers.get("Content-Length") or 0)
        if length_bytes > MAX_BODY_BYTES:
            self.close_connection = True
            too_long = ServiceError("ValidationException", "The request body is longer than 25000000 bytes")
            self._send(_Answer(too_long.status, _error_body(too_long), too_long.code))
            return None
        return self.rfile.read(length_bytes)

    def _send(self, answer: _Answer) -> None:
        payload = json.dumps(answer.body, ensure_ascii=False).encode()
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
            if answer.error_code:
                self.send_header("x-amzn-ErrorType", answer.error_code)
            self.end_headers()
            self.wfile.write(payload)
        except OSError:
            # The client has hung up (a read timeout, a stopped test): there is nobody left to tell.
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Quiet: what was called is in `StandIn.calls`."""
