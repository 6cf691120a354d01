"""The requirements that a task itself adds to a request. Their texts are in requirements.json."""

import json
from functools import cache
from importlib.resources import files
from typing import cast

from lambdas.core.request.requirement import Requirement
from lambdas.core.request.tasks import find_task
from lambdas.core.request.tasks.task import Fields

_PREFIX = "task-"
_NAMED = "{mask_prompt}"


@cache
def own_texts() -> dict[str, dict[str, str]]:
    """Return the kind, text and question of each requirement, by its name."""
    text = (files("lambdas.core.request.tasks") / "requirements.json").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, str]], json.loads(text))


def is_own(requirement: Requirement) -> bool:
    """Return whether a task added the requirement."""
    return requirement.id.startswith(_PREFIX)


def own_requirements(fields: Fields) -> tuple[Requirement, ...]:
    """Return the requirements of the task of a request with these fields. Their ids begin with `task-`, which no others should."""
    task = find_task(fields)
    named = fields.get("mask_prompt") or ""
    return tuple(
        Requirement(
            id=f"{_PREFIX}{name.replace('_', '-')}",
            kind=entry["kind"],
            text=entry["text"].replace(_NAMED, named),
            question=entry["question"],
        )
        for name in task.requirements(task.operation(fields))
        for entry in (own_texts()[name],)
    )
