"""The fields of a state machine that Step Functions takes and moto's parser does not."""

import json
from typing import Any

# moto: takes no JSONata `Arguments` and no `WriterConfig` in a ResultWriter. Without one, the map's rows come back in its
# result, and Conclude batch reads the items' records.
REFUSED = (("Run items", "ResultWriter"),)
"""(state, field) of each."""


def without_what_moto_refuses(definition: str) -> str:
    """The definition without those fields; unchanged where it has none of them."""
    machine: dict[str, Any] = json.loads(definition)
    found = [(state, field) for state, field in REFUSED if field in machine["States"].get(state, {})]
    if not found:
        return definition
    for state, field in found:
        del machine["States"][state][field]
    return json.dumps(machine, ensure_ascii=False)
