"""Read the error message in the `Cause` of a failed state."""

import json

_ESCAPE_CHARS = len("\\u0000")


def parse_cause(cause: str, *, keep_lines: bool = False) -> str | None:
    """Return the message on one line; None if the cause is empty.

    keep_lines: return the message's lines as they are. A refused request has a line for each fault.

    Lambda writes a JSON object with `errorMessage`, Step Functions plain text. The object may be cut off anywhere: a
    state keeps its first 4,000 characters, the row of an item its first 150.
    """
    if not cause:
        return None
    try:
        message = json.loads(cause)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        message = _parse_cut_object(cause) or cause
    lines = [" ".join(line.split()) for line in str(message).splitlines()]
    return ("\n" if keep_lines else " ").join(line for line in lines if line)


def _parse_cut_object(cause: str) -> str | None:
    """Return the message of an object whose end is missing; None if it does not reach the message."""
    start = cause.find('"errorMessage":')
    if start < 0:
        return None
    value = cause[start + len('"errorMessage":') :].lstrip()
    try:
        message, _ = json.JSONDecoder().raw_decode(value)
    except ValueError:
        return _parse_cut_string(value)
    return str(message)


def _parse_cut_string(text: str) -> str | None:
    """Return a JSON string whose end is missing, up to its last complete character or escape, and "…"."""
    for end in range(len(text), max(0, len(text) - _ESCAPE_CHARS), -1):
        try:
            message = json.loads(text[:end] + '"')
        except ValueError:
            continue
        # Drop half of a surrogate pair: UTF-8 cannot hold it.
        return str(message).encode("utf-8", "ignore").decode() + "…"
    return None
