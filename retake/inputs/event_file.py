"""Read an event from a file or from standard input: the JSON object that StartExecution takes."""

import codecs
import re
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from lambdas.core.runtime.quoting import nearest
from lambdas.core.runtime.strict_json import StrictJsonError, read_json
from retake.view.errors import BadInputError

STDIN = "-"
# AWS: an execution's input holds at most 256 KiB. There is room for blanks and escapes; a disk image is not read whole.
_MAX_BYTES = 2 * 1024 * 1024

_MAX_SLUG_CHARS = 40
# Of a long prompt in words, only the beginning is looked at.
_MAX_TITLE_CHARS = 1_000


class EventFileError(BadInputError):
    """The event cannot be read. One line for the user that names the file, the fault and the place."""


def read_event(source: str) -> dict[str, Any]:
    """Return the event in the file `source`, or on standard input if it is "-".

    Raises:
        EventFileError: there is no such file, or it does not hold one JSON object in UTF-8.
    """
    try:
        body = _read(source)
    except OSError as error:
        raise EventFileError(f"{source}: {_reason(error, source)}") from None
    if len(body) > _MAX_BYTES:
        raise EventFileError(
            f"{source_name(source)}: is larger than {_MAX_BYTES:,} bytes; an event has at most 256 KiB"
        )
    try:
        return _parsed(body)
    except EventFileError as error:
        raise EventFileError(f"{source_name(source)}: {error}") from None


def source_name(source: str) -> str:
    """Return the event's name in messages: its path, or "standard input"."""
    return "standard input" if source == STDIN else source


def make_execution_name(title: str) -> str:
    """Return a new name for an execution of the event or manifest `title`: `aurora-ja-20261121T060000Z-3f9c`.

    title: the file's name without its ending, or the prompt in words.

    It differs from the event's run id: a resumed run is a new execution, as in AWS, and by their executions the second
    delivery of a schedule is recognized.
    """
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", title[:_MAX_TITLE_CHARS]).strip("-")
    if len(slug) > _MAX_SLUG_CHARS:
        # Cut between words, if there are any.
        slug = slug[: _MAX_SLUG_CHARS + 1].rpartition("-")[0] or slug[:_MAX_SLUG_CHARS]
    return f"{slug or 'run'}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def _read(source: str) -> bytes:
    if source != STDIN:
        with Path(source).open("rb") as file:
            return _up_to_limit(file)
    if sys.stdin is None:
        raise EventFileError("standard input: is closed; pipe an event in, or name a file")
    return _up_to_limit(sys.stdin.buffer)


def _up_to_limit(file: BinaryIO) -> bytes:
    return file.read(_MAX_BYTES + 1)


def _reason(error: OSError, source: str) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no such file{_suggest_name(Path(source))}"
    return {
        IsADirectoryError: "is a folder; give an event's file or a prompt",
        PermissionError: "may not be read (permission denied)",
    }.get(type(error)) or f"cannot be read ({error.strerror or error})"


def _suggest_name(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        names = []
    if near := nearest(path.name, names, 0.7):
        return f"; did you mean {path.with_name(near)}?"
    if path.suffix == ".json":
        return ""
    if any(map(str.isspace, str(path))):
        return " (a prompt begins with a word, not with a path)"
    return " (a prompt that looks like a file name needs a space)"


def _parsed(body: bytes) -> dict[str, Any]:
    if not body.removeprefix(codecs.BOM_UTF8).strip():
        raise EventFileError("is empty; give a JSON object with at least a prompt")
    try:
        event = read_json(body)
    except StrictJsonError as fault:
        raise EventFileError(str(fault)) from None
    if not isinstance(event, dict):
        kind = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(event), "a number")
        raise EventFileError(f"holds {kind}, not a JSON object; give an object with at least a prompt")
    return event
