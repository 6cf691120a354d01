"""The HTTP endpoint: moto's server on loopback, over the local cloud of this process."""

import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch
from xml.sax.saxutils import escape

from moto.moto_server import werkzeug_app
from werkzeug.serving import BaseWSGIServer, make_server

from retake.emulator.folder import UnsafeKeyError
from retake.emulator.serve.describe_stacks import SIGNED_FOR, describe_stacks
from retake.view.errors import BadInputError
from retake.view.output import one_line

HOST = "127.0.0.1"
# By name, or by a bucket's name before it: a page of the web that has its own name point here gets nothing.
_LOOPBACK = re.compile(r"(([a-z0-9.-]+\.)?localhost|127\.0\.0\.1)(:\d+)?", re.IGNORECASE)

Respond = Callable[[str, list[tuple[str, str]]], Any]


class PortError(BadInputError):
    """The port cannot be listened on. One line for the user."""


class Endpoint:
    """An AWS endpoint for the length of a `with` block.

    with LocalCloud(...) as cloud, Endpoint(4566, "Retake", outputs) as endpoint:
        print(endpoint.url)

    port: 0 for any that is free.
    stack_name, outputs: what CloudFormation tells of the one stack.

    Raises:
        PortError: the port is taken, or may not be used.
    """

    def __init__(self, port: int, stack_name: str, outputs: Mapping[str, str]) -> None:
        self._stack_name, self._outputs = stack_name, outputs
        self._moto = werkzeug_app.DomainDispatcherApplication(_without_cors)
        self._socket = _listening(port)
        # werkzeug ends the process when it cannot listen, so that we do it.
        self._server: BaseWSGIServer = make_server(
            HOST, 0, self._answer, threaded=True, request_handler=_QuietHandler, fd=self._socket.fileno()
        )

    def __enter__(self) -> Self:
        """Listen."""
        self._thread = threading.Thread(target=self._server.serve_forever, name="endpoint", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._socket.close()
        self._thread.join()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:4566`."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def _answer(self, environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        if refusal := _refusal(environ):
            respond("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [refusal.encode()]
        if SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", "")):
            return describe_stacks(environ, respond, self._stack_name, self._outputs)
        try:
            answer: Iterable[bytes] = self._moto(environ, respond)
        except UnsafeKeyError as error:
            return _error(respond, "400 Bad Request", "InvalidArgument", str(error))
        except Exception as error:  # noqa: BLE001 - moto's own faults, told as a service tells its own
            return _error(respond, "500 Internal Server Error", "InternalError", one_line(error))
        return answer


def _error(respond: Respond, status: str, code: str, message: str) -> Iterable[bytes]:
    """An error as S3 words it; the others' clients show at least the status."""
    respond(status, [("Content-Type", "application/xml; charset=utf-8")])
    return [f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>".encode()]


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        said = f"--port {port}: cannot be listened on ({os.strerror(error.errno or 0)}); give another, or 0 for any that is free"
        raise PortError(said) from None


def _without_cors(service: Any) -> Any:
    # moto: lets pages of any origin in.
    with patch.object(werkzeug_app, "DISABLE_GLOBAL_CORS", True):
        return werkzeug_app.create_backend_app(service)


def _refusal(environ: Mapping[str, Any]) -> str | None:
    if not _LOOPBACK.fullmatch(environ.get("HTTP_HOST", "")):
        return "This endpoint is for programs on this machine: call it as 127.0.0.1 or localhost.\n"
    if "HTTP_ORIGIN" in environ:
        return "This endpoint is not for pages of the web.\n"
    if environ.get("PATH_INFO", "").startswith("/moto-api"):
        return "moto's own interface is closed: it could empty what is being served.\n"
    return None


class _QuietHandler(werkzeug_app.MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Nothing: standard error tells of executions, not of requests."""
