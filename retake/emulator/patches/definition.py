"""State machine definitions for moto: without the fields that Step Functions takes and moto's parser refuses."""

import json
from typing import Any

# moto: takes no JSONata `Arguments` and no `WriterConfig` in a ResultWriter. Without one, the map's rows come back in its
# result, and Conclude batch reads the items' records.
UNSUPPORTED_FIELDS = (("Run items", "ResultWriter"),)
"""(state, field) of each."""


def remove_unsupported_fields(definition: str) -> str:
    """Return the definition without those fields, or the same string if it has none of them."""
    machine: dict[str, Any] = json.loads(definition)
    found = [(state, field) for state, field in UNSUPPORTED_FIELDS if field in machine["States"].get(state, {})]
    if not found:
        return definition
    for state, field in found:
        del machine["States"][state][field]
    return json.dumps(machine, ensure_ascii=False)
