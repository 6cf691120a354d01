"""A requirement: one thing that a picture must show and that can be checked alone, with a neutral question about it."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lambdas.core.request.contradiction import find_contradiction
from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import Choice, Flag, Text, refuse_unknown
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value

KINDS = ("object", "count", "color", "position", "text", "style", "setting", "absence", "kept", "other")
"""`kept`: something of a source picture that had to stay as it was."""
DERIVED_KINDS = tuple(kind for kind in KINDS if kind != "kept")
"""The kinds of requirements that a prompt can have."""
MAX_REQUIREMENTS = 40

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TEXT = Text(max_chars=500)
_FIELDS: dict[str, Text | Choice | Flag] = {"text": _TEXT, "kind": Choice(KINDS), "question": _TEXT, "must": Flag()}


@dataclass(frozen=True)
class Requirement:
    """One thing that the picture must show, or must not show."""

    id: str
    """`[A-Za-z0-9_-]{1,40}`, unique in the run."""
    text: str
    """What the picture must show: "drift ice on the sea"."""
    kind: str = "other"
    """One of `KINDS`."""
    question: str = ""
    """A neutral question about the picture: "What floats on the sea?". The judge answers it before comparing with `text`."""
    must: bool = True
    """Whether a picture that does not meet it is rejected."""

    def to_record(self) -> dict[str, Any]:
        """Return the object for requirements.json."""
        return asdict(self)


def parse_requirements(items: Any, field: str = "requirements", letter: str = "r") -> tuple[Requirement, ...]:
    """Parse a list of strings (must-haves) and objects (`id`, `kind`, `text`, `question`, `must`).

    An item without an `id` gets one by its position: r1, r2… `letter` replaces the r.

    Raises:
        InvalidRequestError: the list is empty or too long, or items are invalid; the message names each of them.
    """
    if not isinstance(items, list):
        raise InvalidRequestError(f"{field}: {format_value(items)} is not a list; give a list of strings or objects")
    if not 1 <= len(items) <= MAX_REQUIREMENTS:
        raise InvalidRequestError(
            f"{field}: has {len(items)} items; give 1 to {MAX_REQUIREMENTS}, or leave the field out"
        )
    faults, found = Faults(), []
    for place, item in enumerate(items):
        with faults.collect():
            found.append(_requirement(item, f"{letter}{place + 1}", f"{field}[{place}]"))
    faults.raise_if_any()
    return tuple(found)


def refuse_clashes(named: Sequence[tuple[str, Requirement]]) -> None:
    """Raise `InvalidRequestError` if there are too many requirements, or if two share an id or contradict each other.

    named: each requirement with its place in the event, such as "brand_rules[0]".
    """
    if len(named) > MAX_REQUIREMENTS:
        raise InvalidRequestError(f"{named[-1][0]}: makes {len(named)} in all; give at most {MAX_REQUIREMENTS}")
    faults = Faults()
    for place, (where, requirement) in enumerate(named):
        for earlier_where, earlier in named[:place]:
            if requirement.id == earlier.id:
                faults.add(f"{where}.id: {requirement.id!r} is also the id of {earlier_where}; give each its own")
                break
        for earlier_where, earlier in named[:place]:
            if conflict := find_contradiction(earlier.text, earlier.kind, requirement.text, requirement.kind):
                faults.add(
                    f"{where}: {format_value(requirement.text)} {conflict} {earlier_where} {format_value(earlier.text)}; keep one of them"
                )
                break
    faults.raise_if_any()


def _requirement(item: Any, default_id: str, where: str) -> Requirement:
    if isinstance(item, str):
        item = {"text": item}
    if not isinstance(item, dict):
        raise InvalidRequestError(f"{where}: {format_value(item)} is neither a string nor an object; give one of them")
    faults = Faults()
    with faults.collect():
        refuse_unknown(f"{where}.", item, Requirement.__dataclass_fields__)
    requirement_id = item.get("id") or default_id
    if not isinstance(requirement_id, str) or not _ID.fullmatch(requirement_id):
        faults.add(
            f"{where}.id: {format_value(requirement_id)} cannot be an id; give 1 to 40 of the characters A-Z a-z 0-9 _ -"
        )
    if "text" not in item and not faults.say("did you mean text?"):
        faults.add(f"{where}.text: is missing; say what the picture must show")
    given = {name: item[name] for name in _FIELDS if name in item and (name != "question" or item[name])}
    checked: dict[str, Any] = {}
    for name, value in given.items():
        with faults.collect():
            checked[name] = _FIELDS[name].check(f"{where}.{name}", value)
    faults.raise_if_any()
    return Requirement(id=requirement_id, **checked)
