"""The state machines in Amazon States Language, and the function that reads them.

The stack, the laptop and the tests all read them with `read`, so all of them run the same definition.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_SPLICE = "Splice "
"""A branch with the Comment "Splice FILE" is replaced by the states of FILE. Each file is a valid definition."""
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z][A-Za-z0-9]*)\}")


class DefinitionError(ValueError):
    """A definition or its substitutions are wrong. This is a bug: nothing catches it."""


def read(machine: str, substitutions: Mapping[str, str], *, folder: Path = FOLDER) -> str:
    """Return the definition of `machine` ("loop" is loop.asl.json) as JSON, with every `${Placeholder}` replaced.

    Values are JSON-escaped, so they may hold any text (an ARN, a CDK token, another `${Placeholder}`).

    Raises:
        DefinitionError: the file does not exist or is not a JSON object before substitution, a placeholder has no
            value, or a value has no placeholder.
    """
    text = _load(machine, folder)
    wanted = set(_PLACEHOLDER.findall(text))
    if missing := sorted(wanted - substitutions.keys()):
        raise DefinitionError(f"{machine}.asl.json: no value for the placeholder(s) {', '.join(missing)}")
    if unused := sorted(substitutions.keys() - wanted):
        raise DefinitionError(f"{machine}.asl.json: no placeholder for the value(s) {', '.join(unused)}")
    return _PLACEHOLDER.sub(lambda found: json.dumps(substitutions[found[1]])[1:-1], text)


def placeholders(machine: str, *, folder: Path = FOLDER) -> set[str]:
    """Return the placeholder names of `machine`, without `${}`: the keys that `read` needs."""
    return set(_PLACEHOLDER.findall(_load(machine, folder)))


def _load(machine: str, folder: Path) -> str:
    path = folder / f"{machine}.asl.json"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionError(f"there is no state machine {machine!r}: {path.name} does not exist") from None
    try:
        # The file must be valid JSON before substitution: linters read it so. Placeholders are allowed only inside strings.
        definition = json.loads(text, object_pairs_hook=_reject_duplicate_keys)
    except ValueError as fault:
        raise DefinitionError(f"{path.name} is not valid JSON: {fault}") from None
    if not isinstance(definition, dict):
        raise DefinitionError(f"{path.name} is not a JSON object")
    if _SPLICE not in text:
        return text
    return json.dumps(_splice(definition, folder), indent=2, ensure_ascii=False)


def _splice(value: Any, folder: Path) -> Any:
    """Return the value with every "Splice FILE" branch replaced by the unmodified states of FILE."""
    if isinstance(value, list):
        return [_splice(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    comment = value.get("Comment")
    if not isinstance(comment, str) or not comment.startswith(_SPLICE):
        return {key: _splice(item, folder) for key, item in value.items()}
    machine = json.loads(_load(comment.removeprefix(_SPLICE).removesuffix(".asl.json"), folder))
    return {key: machine[key] for key in ("Comment", "StartAt", "States")}


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raise ValueError for a repeated key: Python's json would silently keep only the last of two equal states."""
    keys = [key for key, _ in pairs]
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"the key {repeated[0]!r} occurs twice in one object")
    return dict(pairs)
