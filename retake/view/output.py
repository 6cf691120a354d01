"""Write to the standard streams: the answer for programs to standard output, lines for people to standard error.

Models, services and files write much of this text. It must not control the terminal or reverse the direction of its
text: lines leave out the characters that could, and JSON escapes them.
"""

import json
import os
import sys
import traceback
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from retake.view import exit_codes
from retake.view.errors import CommandError


def printable(text: str, max_chars: int | None = None) -> str:
    """Return the text on one line, without characters that could control the terminal."""
    line = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in text)
    return line if max_chars is None or len(line) <= max_chars else f"{line[: max_chars - 1]}…"


def to_json(document: Any) -> bytes:
    """Return the document as indented JSON. Escape control and direction characters, so that parsing restores them."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # Outside of strings, JSON has only printable characters and line breaks.
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text).encode()


class Verbosity(IntEnum):
    """How much goes to standard error."""

    QUIET = 0
    """Only errors."""
    NORMAL = 1
    VERBOSE = 2
    """Also the file of defaults, every step and every paid call."""


# Of this process: every thread of a batch prints.
_process = SimpleNamespace(verbosity=Verbosity.NORMAL)


def set_verbosity(verbosity: Verbosity) -> None:
    """Set how much this process prints on standard error."""
    _process.verbosity = verbosity


def is_quiet() -> bool:
    """Return whether only errors are printed (-q)."""
    return bool(_process.verbosity is Verbosity.QUIET)


def is_verbose() -> bool:
    """Return whether details are printed (-v)."""
    return bool(_process.verbosity is Verbosity.VERBOSE)


def print_stderr(line: str) -> None:
    """Print a line for people, unless they want errors only."""
    if not is_quiet():
        _print(line)


def print_error(message: str, code: int = exit_codes.FAULT) -> int:
    """Print an error, a line for each line of the message, and return the exit code."""
    for line in message.split("\n"):
        _print(f"retake: error: {line}")
    return code


def print_faults(source: str, message: str, code: int = exit_codes.BAD_INPUT) -> int:
    """Print an error as `print_error` does, with the name of its source in every line, and return the exit code."""
    return print_error("\n".join(f"{source}: {line}" for line in message.split("\n")), code)


def _print(line: str) -> None:
    # The reader may be gone.
    with suppress(OSError, ValueError):
        print(printable(line), file=sys.stderr, flush=True)


def write_stdout(body: bytes) -> None:
    """Write the answer to standard output as bytes, so that the locale changes neither JSON nor file names.

    On a terminal, leave out the characters that could control it.
    """
    if sys.stdout.isatty():
        body = "\n".join(map(printable, body.decode(errors="replace").split("\n"))).encode()
    try:
        sys.stdout.buffer.write(body + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader is gone. Discard what is still buffered, or Python reports an error at exit.
        _discard_stdout()
    except OSError as error:
        _discard_stdout()
        raise CommandError(f"standard output: cannot be written to ({error.strerror or error})") from None


def _discard_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report_bug(fault: Exception, log_path: Path) -> int:
    """Print an unexpected error on one line, append its traceback to the log, and return the exit code."""
    message = format_error(fault)
    trace = {"level": "ERROR", "service": "retake-cli", "message": message, "exception": traceback.format_exc()}
    try:
        with log_path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(trace) + "\n")
    except OSError:
        return print_error(message)
    return print_error(f"{message} (more in {log_path})")


def format_error(fault: Exception) -> str:
    """Return the name and message of the error on one line."""
    return " ".join(f"{type(fault).__name__}: {fault}".split())
