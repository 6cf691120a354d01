"""Where a command's words go: standard output holds only what a program would want, all else is for people."""

import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from retake.view import exit_codes


def say(line: str) -> None:
    """A line for people."""
    # Nobody may read any more.
    with suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def failed(message: str, code: int = exit_codes.FAULT) -> int:
    """One line that says what is wrong; the exit code."""
    say(f"retake: error: {message}")
    return code


def answer(body: bytes) -> None:
    """Put the answer on standard output as it is: UTF-8, whatever the locale, and file names byte for byte."""
    try:
        sys.stdout.buffer.write(body + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone. What Python still holds goes nowhere, so that it does not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unexpected(fault: Exception, log_path: Path) -> int:
    """A fault of ours: one line for people, the rest in the log; the exit code."""
    told = one_line(fault)
    trace = {"level": "ERROR", "service": "retake-cli", "message": told, "exception": traceback.format_exc()}
    try:
        with log_path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(trace) + "\n")
    except OSError:
        return failed(told)
    return failed(f"{told} (more in {log_path})")


def one_line(fault: Exception) -> str:
    """The fault's name and message."""
    return " ".join(f"{type(fault).__name__}: {fault}".split())
