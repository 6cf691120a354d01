"""What a caught fault says, in one line."""

import json


def message_of(cause: str) -> str | None:
    """The message in a state's `Cause`: Lambda writes a JSON object with `errorMessage`, Step Functions plain text."""
    if not cause:
        return None
    try:
        said = json.loads(cause)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        said = _from_a_cut_object(cause) or cause
    return " ".join(str(said).split())


def _from_a_cut_object(cause: str) -> str | None:
    """The message of an object whose end was cut off (the state keeps the first 4,000 characters)."""
    start = cause.find('"errorMessage":')
    if start < 0:
        return None
    try:
        said, _ = json.JSONDecoder().raw_decode(cause[start + len('"errorMessage":') :].lstrip())
    except ValueError:
        return None
    return str(said)
