"""Format values for messages: quote one from the user, count a noun, and find the name that was meant."""

import difflib
import json
from collections.abc import Iterable

_SHOWN_CHARS = 60
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def format_value(value: object) -> str:
    """Return the value as JSON, cut to 60 characters and made printable, so that an error stays one short line."""
    text = ""
    # In pieces, so that of a large or deeply nested value only the beginning is written.
    for piece in _ENCODER.iterencode(value):
        text += piece
        if len(text) > _SHOWN_CHARS:
            text = f"{text[:_SHOWN_CHARS]}…"
            break
    # json does not escape U+2028, C1 controls, direction marks and half surrogate pairs.
    return "".join(character if character.isprintable() else json.dumps(character)[1:-1] for character in text)


def nearest(name: str, known: Iterable[str], min_ratio: float = 0.6) -> str | None:
    """Return the known name that is most like this one, or None if none is.

    min_ratio: how alike they must be: 1 is equal.
    """
    return next(iter(difflib.get_close_matches(name, list(known), 1, min_ratio)), None)


def format_count(number: int, noun: str) -> str:
    """Return "1 attempt", "1,000 attempts"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
