"""Quote a value from the user in an error message."""

import json

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
