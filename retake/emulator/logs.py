"""The functions' logs, in a file instead of on standard output, which belongs to the result."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO
from unittest.mock import patch

from aws_lambda_powertools.logging.formatter import BasePowertoolsFormatter


@contextmanager
def logs_in(path: Path) -> Iterator[Callable[[], None]]:
    """For the length of the block, the log lines of Powertools and moto's complaints are added to `path`.

    Gives a function that finds the loggers made since, to be called after a handler's import.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", buffering=1) as log, ExitStack() as moved:
        seen: set[int] = set()

        def redirect() -> None:
            for handler in _powertools_handlers():
                if id(handler) not in seen:
                    seen.add(id(handler))
                    moved.enter_context(_stream(handler, log))

        # moto: writes a line to standard error for every error that a state catches.
        complaints = logging.StreamHandler(log)
        complaints.setFormatter(_Json())
        moto = logging.getLogger("moto")
        moved.enter_context(patch.object(moto, "handlers", [complaints]))
        moved.enter_context(patch.object(moto, "propagate", False))
        # A log that cannot be written (a full disk) is not worth a traceback a line.
        moved.enter_context(patch.object(logging, "raiseExceptions", False))
        redirect()
        yield redirect


class _Json(logging.Formatter):
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
def _stream(handler: "logging.StreamHandler[TextIO]", log: TextIO) -> Iterator[None]:
    # Not setStream: it flushes the old stream, which may be closed (a test's).
    before, handler.stream = handler.stream, log
    try:
        yield
    finally:
        handler.stream = before
