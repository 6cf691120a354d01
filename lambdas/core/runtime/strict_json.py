"""JSON in which nothing is lost without a word."""

import json
from typing import Any


def read_json(text: str) -> Any:
    """The value of the text.

    Raises:
        ValueError: it is not JSON, names one key twice, or holds NaN or Infinity. The message is short.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse)
    except json.JSONDecodeError as fault:
        raise ValueError(f"{fault.msg} at character {fault.pos + 1}") from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it names {json.dumps(repeated[:60])} twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON number")
