"""What a caught fault says, in one line."""

import json

_ESCAPE_CHARS = len("\\u0000")


def parse_cause(cause: str) -> str | None:
    """The message in a state's `Cause`: Lambda writes a JSON object with `errorMessage`, Step Functions plain text."""
    if not cause:
        return None
    try:
        said = json.loads(cause)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        said = _from_a_cut_object(cause) or cause
    return " ".join(str(said).split())


def _from_a_cut_object(cause: str) -> str | None:
    """The message of an object whose end was cut off (a state keeps the first 4,000 characters, an item's row 150)."""
    start = cause.find('"errorMessage":')
    if start < 0:
        return None
    value = cause[start + len('"errorMessage":') :].lstrip()
    try:
        said, _ = json.JSONDecoder().raw_decode(value)
    except ValueError:
        return _from_a_cut_text(value)
    return str(said)


def _from_a_cut_text(text: str) -> str | None:
    """What is left of a JSON text without its end, and of that what is whole: an escape may be cut in two."""
    for end in range(len(text), max(0, len(text) - _ESCAPE_CHARS), -1):
        try:
            said = json.loads(text[:end] + '"')
        except ValueError:
            continue
        # Half of a pair of surrogates is no character.
        return str(said).encode("utf-8", "ignore").decode() + "…"
    return None
