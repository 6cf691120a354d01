"""The state machines, in Amazon States Language, and the one way to read them.

Every reader (the stack, the laptop, the tests) comes through here, so that all of them run the same text.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_SPLICE = "Splice "
"""A branch with this comment and a file's name stands for that file's states, so that each file is valid by itself."""
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z][A-Za-z0-9]*)\}")


class DefinitionError(ValueError):
    """A state machine's text, or what is to be put into it, is wrong."""


def read(machine: str, substitutions: Mapping[str, str], *, folder: Path = FOLDER) -> str:
    """The definition of `machine` ("loop" is loop.asl.json), every `${Placeholder}` replaced; valid JSON.

    Values are JSON-escaped, so they may hold any text (an ARN, a CDK token, another `${Placeholder}`).

    Raises:
        DefinitionError: there is no such file, it is not a JSON object before substitution, a placeholder has no
            value, or a value has no placeholder. Nobody catches it: it is a fault of ours.
    """
    text = _text(machine, folder)
    wanted = set(_PLACEHOLDER.findall(text))
    if missing := sorted(wanted - substitutions.keys()):
        raise DefinitionError(f"{machine}.asl.json: no value for the placeholder(s) {', '.join(missing)}")
    if unused := sorted(substitutions.keys() - wanted):
        raise DefinitionError(f"{machine}.asl.json: nothing uses the value(s) {', '.join(unused)}")
    return _PLACEHOLDER.sub(lambda found: json.dumps(substitutions[found[1]])[1:-1], text)


def placeholders(machine: str, *, folder: Path = FOLDER) -> set[str]:
    """The names `read` must be given for `machine`, without `${}`."""
    return set(_PLACEHOLDER.findall(_text(machine, folder)))


def _text(machine: str, folder: Path) -> str:
    path = folder / f"{machine}.asl.json"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionError(f"there is no state machine {machine!r}: {path.name} does not exist") from None
    try:
        # Valid before substitution: linters read the file as it is, and a placeholder can stand only inside a string.
        definition = json.loads(text, object_pairs_hook=_without_duplicates)
    except ValueError as fault:
        raise DefinitionError(f"{path.name} is not valid JSON: {fault}") from None
    if not isinstance(definition, dict):
        raise DefinitionError(f"{path.name} is not a JSON object")
    if _SPLICE not in text:
        return text
    return json.dumps(_spliced(definition, folder), indent=2, ensure_ascii=False)


def _spliced(value: Any, folder: Path) -> Any:
    """The value, every branch that stands for another machine replaced by that machine's states, unmodified."""
    if isinstance(value, list):
        return [_spliced(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    comment = value.get("Comment")
    if not isinstance(comment, str) or not comment.startswith(_SPLICE):
        return {key: _spliced(item, folder) for key, item in value.items()}
    machine = json.loads(_text(comment.removeprefix(_SPLICE).removesuffix(".asl.json"), folder))
    return {key: machine[key] for key in ("Comment", "StartAt", "States")}


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets a second state of the same name replace the first without a word."""
    keys = [key for key, _ in pairs]
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"the key {repeated[0]!r} stands twice in one object")
    return dict(pairs)
