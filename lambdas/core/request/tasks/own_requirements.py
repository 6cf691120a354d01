"""The requirements that a task itself adds to a request. Their texts are in requirements.json."""

import json
from functools import cache
from importlib.resources import files
from typing import cast

from lambdas.core.request.requirement import Requirement
from lambdas.core.request.tasks import find_task
from lambdas.core.request.tasks.task import Fields

_PREFIX, _PIXEL_PREFIX = "task-", "pixels-"
_NAMED = "{mask_prompt}"


@cache
def own_texts() -> dict[str, dict[str, str]]:
    """Return the kind, text and question of each requirement, by its name."""
    text = (files("lambdas.core.request.tasks") / "requirements.json").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, str]], json.loads(text))


def own_requirements(fields: Fields) -> tuple[Requirement, ...]:
    """Return the requirements of the task of a request with these fields.

    Their ids begin with `task-`, or with `pixels-` if pixels decide them.
    """
    task = find_task(fields)
    named = fields.get("mask_prompt") or ""
    return tuple(
        Requirement(
            id=name if name.startswith(_PIXEL_PREFIX) else f"{_PREFIX}{name.replace('_', '-')}",
            kind=entry["kind"],
            text=entry["text"].replace(_NAMED, named),
            question=entry["question"],
        )
        for name in task.requirements(task.operation(fields))
        for entry in (own_texts()[name],)
    )


def pixel_checks(fields: Fields) -> dict[str, str]:
    """Return the name of the check by pixels of each requirement that pixels decide, by its id."""
    ids = (item.id for item in own_requirements(fields))
    return {name: name.removeprefix(_PIXEL_PREFIX) for name in ids if name.startswith(_PIXEL_PREFIX)}
