"""Where a command's words go: standard output holds only what a program would want, all else is for people.

Models, services, files and their names write much of it. No character of theirs reaches a terminal that could command
it or turn its text around: lines leave out such characters, JSON escapes them.
"""

import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from retake.view import exit_codes


def printable(text: str, max_chars: int | None = None) -> str:
    """Return the text on one line, without characters that could command a terminal."""
    line = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in text)
    return line if max_chars is None or len(line) <= max_chars else f"{line[: max_chars - 1]}…"


def to_json(document: Any) -> bytes:
    """Return the document as indented JSON. Control and direction characters are escaped, and so read back the same."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # Outside of strings, JSON has printable characters and line breaks only.
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text).encode()


def say(line: str) -> None:
    """Print a line for people."""
    # Nobody may read any more.
    with suppress(OSError, ValueError):
        print(printable(line), file=sys.stderr, flush=True)


def failed(message: str, code: int = exit_codes.FAULT) -> int:
    """One line that says what is wrong; the exit code."""
    say(f"retake: error: {message}")
    return code


def answer(body: bytes) -> None:
    """Put the answer on standard output as it is: UTF-8, whatever the locale, and file names byte for byte.

    A terminal gets only characters that it prints.
    """
    if sys.stdout.isatty():
        body = "\n".join(map(printable, body.decode(errors="replace").split("\n"))).encode()
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
