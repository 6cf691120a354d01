"""The HTTP endpoint: moto's server on loopback, in front of the local cloud of this process."""

import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.moto_server import werkzeug_app
from werkzeug.serving import BaseWSGIServer, make_server

from retake.emulator.folder import UnsafeKeyError
from retake.emulator.serve.cloudformation import SIGNED_FOR, describe_stacks
from retake.view.errors import BadInputError
from retake.view.output import format_error

HOST = "127.0.0.1"
# The Host header, with or without a bucket's name in front. A web page whose own host name resolves to 127.0.0.1 (DNS
# rebinding) sends that name, and is refused.
_LOOPBACK = re.compile(r"(([a-z0-9.-]+\.)?localhost|127\.0\.0\.1)(:\d+)?", re.IGNORECASE)

# What a browser says of a request that a page of another site makes. Such a page may link here, but embed nothing.
_OTHER_SITES = ("cross-site", "same-site")

Respond = Callable[[str, list[tuple[str, str]]], Any]


class PortError(BadInputError):
    """The port is taken, or may not be used. One line for the user."""


class Endpoint:
    """An AWS endpoint that listens inside a `with` block.

    with LocalCloud(...) as cloud, listen(4566) as listening, Endpoint(listening, "Retake", outputs, ["pictures"]):
        print(url_of(listening))

    listening: the socket on which it answers.
    stack_name, outputs: CloudFormation's answer about the one stack.
    buckets: the buckets whose pictures pages of other sites may show at presigned addresses.
    """

    def __init__(
        self, listening: socket.socket, stack_name: str, outputs: Mapping[str, str], buckets: Sequence[str]
    ) -> None:
        self._stack_name, self._outputs, self._buckets = stack_name, outputs, buckets
        self._moto = werkzeug_app.DomainDispatcherApplication(_without_cors)
        self._server: BaseWSGIServer = make_server(
            HOST, 0, self._answer, threaded=True, request_handler=_QuietHandler, fd=listening.fileno()
        )

    def __enter__(self) -> Self:
        """Start to answer requests."""
        self._thread = threading.Thread(target=self._server.serve_forever, name="endpoint", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        if refusal := _refusal(environ, self._buckets):
            respond("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [refusal.encode()]
        if SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", "")):
            return describe_stacks(environ, respond, self._stack_name, self._outputs)
        try:
            answer: Iterable[bytes] = self._moto(environ, respond)
        except UnsafeKeyError as error:
            return _error(respond, "400 Bad Request", "InvalidArgument", str(error))
        except Exception as error:  # noqa: BLE001 - a fault of moto's is an internal error of the service
            return _error(respond, "500 Internal Server Error", "InternalError", format_error(error))
        return answer


def _error(respond: Respond, status: str, code: str, message: str) -> Iterable[bytes]:
    """Answer with an error in S3's format. Clients of other services show at least the status."""
    respond(status, [("Content-Type", "application/xml; charset=utf-8")])
    return [f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>".encode()]


def listen(port: int) -> socket.socket:
    """Return a socket that listens on loopback. werkzeug itself would end the process if it could not listen.

    port: where; 0 for any free port.

    Raises:
        PortError: the port is taken, or may not be used.
    """
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise PortError(f"--port {port}: cannot listen ({why}); give another port, or 0 for any free one") from None


def url_of(listening: socket.socket) -> str:
    """Return the socket's address, `http://127.0.0.1:4566`."""
    return f"http://{HOST}:{listening.getsockname()[1]}"


def _without_cors(service: Any) -> Any:
    # moto: accepts requests from web pages of any origin.
    with patch.object(werkzeug_app, "DISABLE_GLOBAL_CORS", True):
        return werkzeug_app.create_backend_app(service)


def _refusal(environ: Mapping[str, Any], buckets: Sequence[str]) -> str | None:
    if not _LOOPBACK.fullmatch(environ.get("HTTP_HOST", "")):
        return "This endpoint is for programs on this machine: call it as 127.0.0.1 or localhost.\n"
    is_embedded = (
        environ.get("HTTP_SEC_FETCH_SITE") in _OTHER_SITES and environ.get("HTTP_SEC_FETCH_DEST") != "document"
    )
    # The copy of a sheet that `retake open --stack` makes shows pictures at presigned addresses. Another page that guesses
    # a key learns no more of a picture than its size.
    is_signed_picture = (
        environ.get("HTTP_SEC_FETCH_DEST") == "image"
        and environ.get("REQUEST_METHOD") == "GET"
        # No other service has paths that begin so, so the request reads an object, whatever its parameters ask for.
        and environ.get("PATH_INFO", "").startswith(tuple(f"/{bucket}/" for bucket in buckets))
        and "X-Amz-Signature" in parse_qs(environ.get("QUERY_STRING", ""))
    )
    if "HTTP_ORIGIN" in environ or (is_embedded and not is_signed_picture):
        return "This endpoint is not for web pages.\n"
    if environ.get("PATH_INFO", "").startswith("/moto-api"):
        return "moto's own API is closed: it could delete everything that is served.\n"
    return None


class _QuietHandler(werkzeug_app.MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Print nothing: standard error shows executions, not requests."""
