"""The JSONata expressions of a state machine's definition."""

import re
from collections.abc import Iterator
from typing import Any

_EXPRESSION = re.compile(r"\{%\s*(.*?)\s*%\}", re.DOTALL)


def expressions(definition: Any) -> Iterator[str]:
    """Yield every expression of a definition, or of a part of one, without its braces."""
    if isinstance(definition, str):
        if definition.startswith("{%"):
            whole = _EXPRESSION.fullmatch(definition)
            assert whole, definition
            yield whole[1]
    elif isinstance(definition, dict | list):
        for inner in definition.values() if isinstance(definition, dict) else definition:
            yield from expressions(inner)
