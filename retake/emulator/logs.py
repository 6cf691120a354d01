"""The functions' logs go to a file: standard output is for the result."""

import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TextIO
from unittest.mock import patch

from aws_lambda_powertools.logging.formatter import BasePowertoolsFormatter


@contextmanager
def redirect_logs(path: Path) -> Iterator[Callable[[], None]]:
    """Inside the block, append the log lines of Powertools and of moto to `path`.

    Yields a function that redirects the loggers made since. Call it after each import of a handler.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as patches:
        file = path.open("a", encoding="utf-8", buffering=1)
        patches.callback(_close, file)
        log = _Log(file)
        seen: set[int] = set()

        def redirect_new_loggers() -> None:
            for handler in _powertools_handlers():
                if id(handler) not in seen:
                    seen.add(id(handler))
                    patches.enter_context(_set_stream(handler, log))

        # moto: writes a line to standard error for every error that a state catches.
        moto_handler = logging.StreamHandler(log)
        moto_handler.setFormatter(_JsonFormatter())
        moto = logging.getLogger("moto")
        patches.enter_context(patch.object(moto, "handlers", [moto_handler]))
        patches.enter_context(patch.object(moto, "propagate", False))
        # If the log cannot be written (a full disk), print no traceback for each line.
        patches.enter_context(patch.object(logging, "raiseExceptions", False))
        redirect_new_loggers()
        yield redirect_new_loggers


def _close(file: TextIO) -> None:
    # On a full disk, the last lines are lost. The run has its own message for that.
    with suppress(OSError):
        file.close()


@contextmanager
def capture_log() -> Iterator[list[str]]:
    """Inside the block, collect what this thread logs, in addition to the file."""
    _captured.lines = []
    try:
        yield _captured.lines
    finally:
        _captured.lines = None


_captured = threading.local()


class _Log(io.TextIOBase, TextIO):
    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        lines: list[str] | None = getattr(_captured, "lines", None)
        if lines is not None:
            lines.append(text)
        return self._file.write(text)

    def flush(self) -> None:
        self._file.flush()


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # moto: puts the whole state at the end of the line.
        message = super().format(record)[:1000]
        return json.dumps({"level": record.levelname, "service": record.name, "message": message})


def _powertools_handlers() -> list["logging.StreamHandler[TextIO]"]:
    loggers = [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    return [
        handler
        for logger in loggers
        for handler in logger.handlers
        if isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, BasePowertoolsFormatter)
    ]


@contextmanager
def _set_stream(handler: "logging.StreamHandler[TextIO]", log: TextIO) -> Iterator[None]:
    # Not `setStream`: it flushes the old stream, which may be closed (by a test).
    before, handler.stream = handler.stream, log
    try:
        yield
    finally:
        handler.stream = before
