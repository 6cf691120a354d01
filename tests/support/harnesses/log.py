"""The functions' log, captured."""

import io

import pytest

from lambdas.core.runtime.observability import logger


def capture_log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return the text into which the functions log from now on."""
    log = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", log)
    return log
