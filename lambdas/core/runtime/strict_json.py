"""Strict JSON: the one reader for JSON that a user can write.

It rejects everything that Python's `json` accepts and a later step would lose or fail on: a field that occurs twice, NaN
and Infinity, a number that no field takes, and nesting that a recursive function cannot follow.
"""

import json
import math
import re
from typing import Any

from lambdas.core.runtime.quoting import format_value

MAX_DEPTH = 64
"""Levels of nesting. Requests have three. Python stops at 1,000 calls, and writing or copying a value takes one to three a level."""
MAX_DIGITS = 300
"""Digits of a number. The largest float has 309, and Python neither reads nor prints an integer of more than 4,300."""

# A whole string, or a bracket outside of strings.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|[\[{]|[\]}]', re.DOTALL)
_BYTE_ORDER_MARK = "\ufeff"


class StrictJsonError(ValueError):
    """The text cannot be used. The message is one short line that follows a name: `is not JSON: column 3: ...`."""


class JsonSyntaxError(StrictJsonError):
    """The text is not JSON, so its brackets and quotes mean nothing either."""

    def __init__(self, fault: json.JSONDecodeError) -> None:
        line = f"line {fault.lineno}, " if "\n" in fault.doc.rstrip() else ""
        super().__init__(f"is not JSON: {line}column {fault.colno}: {fault.msg}")
        self.line = fault.lineno
        self.reason = fault.msg


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text. Bytes are UTF-8, with or without a byte order mark.

    Raises:
        StrictJsonError: the text cannot be used; a `JsonSyntaxError` if it is not JSON at all.
    """
    if isinstance(text, bytes):
        # Editors on Windows write the mark.
        text = decode_utf8(text).removeprefix(_BYTE_ORDER_MARK)
    _refuse_deep(text)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as fault:
        raise JsonSyntaxError(fault) from None


def decode_utf8(body: bytes) -> str:
    """Return the text of the bytes.

    Raises:
        StrictJsonError: they are not UTF-8. The message follows a name.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise StrictJsonError(
            f"is not UTF-8 (byte 0x{body[fault.start]:02x} at position {fault.start}); save it as UTF-8"
        ) from None


def _refuse_deep(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise StrictJsonError(f"is nested too deeply; give at most {MAX_DEPTH} levels")
        elif mark in "]}":
            depth -= 1


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = set()
        for name, _ in pairs:
            if name in names:
                # Readers disagree on which of the two counts. A typo must not cost money.
                raise StrictJsonError(f"has the field {format_value(name)} twice; keep one")
            names.add(name)
    return found


def _refuse_constant(name: str) -> Any:
    raise StrictJsonError(f"is not JSON: {name} is not a JSON number")


def _parse_int(digits: str) -> int:
    _refuse_long(digits)
    return int(digits)


def _parse_float(digits: str) -> float:
    _refuse_long(digits)
    number = float(digits)
    if math.isinf(number):
        raise StrictJsonError(f"holds the number {format_value(digits)[1:-1]}, which no field takes")
    return number


def _refuse_long(digits: str) -> None:
    if len(digits) > MAX_DIGITS:
        raise StrictJsonError(f"holds a number of more than {MAX_DIGITS} digits, which no field takes")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_refuse_repeated,
    parse_constant=_refuse_constant,
    parse_int=_parse_int,
    parse_float=_parse_float,
)
