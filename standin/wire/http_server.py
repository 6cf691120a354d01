"""The HTTP server: parses the path of a request, and writes an answer with the headers of bedrock-runtime.

Source of paths, headers and error bodies: AWS docs, Bedrock API reference (InvokeModel, Converse), and the service
model that ships with botocore 1.44 (bedrock-runtime, 2023-09-30).
"""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote

from standin.wire.service_error import ServiceError

MAX_BODY_BYTES = 25_000_000
"""AWS: the largest InvokeModel body. Converse has no smaller documented limit."""


@dataclass(frozen=True)
class HttpAnswer:
    """One HTTP answer."""

    status: int
    body: dict[str, Any] | bytes
    """A document, sent as JSON, or the bytes as they are."""
    error_code: str | None = None
    """The name of the exception, for the header `x-amzn-ErrorType`."""
    is_cut: bool = False
    """Whether the connection is closed in the middle of the body."""

    @classmethod
    def from_error(cls, error: ServiceError) -> Self:
        """Return the answer for an error."""
        body: dict[str, Any] = {"message": error.message}
        if error.code == "ModelErrorException":
            body["originalStatusCode"] = 500
        return cls(error.status, body, error.code)


AnswerCall = Callable[[str, str, bytes, str], HttpAnswer | None]
"""Model id, action (`invoke` or `converse`), body and Region of a call to its answer. None drops the connection."""
AnswerControl = Callable[[str, str, str, bytes], HttpAnswer]
"""Method, path, Region and body of a request to the control plane to its answer."""
_REGION = re.compile(r"Credential=[^/,]*/\d{8}/([a-z0-9-]+)/")
"""AWS: a signature names the Region that it is for."""


class LoopbackServer(ThreadingHTTPServer):
    """Serve calls on 127.0.0.1, one thread for each connection."""

    daemon_threads = True
    # A stalled call must not delay stop().
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, answer_call: AnswerCall, answer_control: AnswerControl) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer_call = answer_call
        self.answer_control = answer_control

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing if a client disconnects: the caller gets its own error."""


class _Handler(BaseHTTPRequestHandler):
    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    # Otherwise every small answer waits 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True

    def version_string(self) -> str:
        """Return the `Server` header: by it a client knows that no model of Bedrock answered."""
        return "stand-in"

    def do_POST(self) -> None:
        body = self._read_body()
        if body is None:
            return
        # Model ids arrive percent-encoded ("%3A0"), and so do the slashes of ARNs: a path has exactly three parts.
        parts = self.path.split("?", 1)[0].strip("/").split("/")
        if len(parts) != 3 or parts[0] != "model" or parts[2] not in ("invoke", "converse"):
            self._send(self.server.answer_control("POST", self.path, self._region(), body))
            return
        answer = self.server.answer_call(unquote(parts[1]), parts[2], body, self._region())
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    def do_GET(self) -> None:
        self._send(self.server.answer_control("GET", self.path, self._region(), b""))

    def do_DELETE(self) -> None:
        self._send(self.server.answer_control("DELETE", self.path, self._region(), b""))

    def _region(self) -> str:
        signed = _REGION.search(self.headers.get("Authorization") or "")
        return signed[1] if signed else ""

    def _read_body(self) -> bytes | None:
        length_bytes = int(self.headers.get("Content-Length") or 0)
        if length_bytes > MAX_BODY_BYTES:
            self.close_connection = True
            self._send_error("ValidationException", f"The request body is longer than {MAX_BODY_BYTES} bytes")
            return None
        return self.rfile.read(length_bytes)

    def _send_error(self, code: str, message: str) -> None:
        self._send(HttpAnswer.from_error(ServiceError(code, message)))

    def _send(self, answer: HttpAnswer) -> None:
        body = answer.body
        payload = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
            if answer.error_code:
                self.send_header("x-amzn-ErrorType", answer.error_code)
            self.end_headers()
            self.wfile.write(payload[: len(payload) // 2] if answer.is_cut else payload)
            self.close_connection = self.close_connection or answer.is_cut
        except OSError:
            # The client has closed the connection, after a read timeout or at the end of a test.
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Print nothing: `StandIn.calls` has the log."""
