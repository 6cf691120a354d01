"""The layout of the state machines' files: a line for each field of a state, and for each retrier, catcher and choice.

`python -m statemachine.layout` rewrites the files; `make format` runs it.
"""

import json
from typing import Any

from statemachine import FOLDER

_WIDTH = 120
_INDENT = "  "
_TABLES = ("Retry", "Catch", "Choices")
"""Fields whose list is a table: each element stays on one line, however long."""


def lay_out(definition: dict[str, Any]) -> str:
    """Return the definition as the text of its file."""
    return _lay_out(definition, name="", indent="", is_open=True) + "\n"


def _lay_out(value: Any, name: str, indent: str, *, is_open: bool = False) -> str:
    """Return the text of the value under `name`.

    is_open: give each part its own line, even if the value fits on one.
    """
    line = json.dumps(value, ensure_ascii=False)
    fits = len(f'{indent}"{name}": {line},') <= _WIDTH and '"States": {' not in line
    if not value or not isinstance(value, dict | list) or (fits and not is_open):
        return line
    inner = indent + _INDENT
    if isinstance(value, list):
        is_table = name in _TABLES
        parts = [json.dumps(item, ensure_ascii=False) if is_table else _lay_out(item, "", inner) for item in value]
    else:
        parts = [
            f'"{key}": {_lay_out(item, key, inner, is_open=name == "States" or key in ("States", *_TABLES))}'
            for key, item in value.items()
        ]
    start, end = "[]" if isinstance(value, list) else "{}"
    return f"{start}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{end}"


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.asl.json")):
        path.write_text(lay_out(json.loads(path.read_bytes())), encoding="utf-8")
