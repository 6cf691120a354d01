"""The tasks of the image model: one file each, and the one table of them.

A request's fields make an *operation* of its task, such as `inpaint_mask`. The catalogue has the operations of each model,
so a combination that a model lacks is refused by looking it up.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.core.request.faults import Faults
from lambdas.core.request.tasks.background_removal import BackgroundRemoval
from lambdas.core.request.tasks.color_guided_generation import ColorGuidedGeneration
from lambdas.core.request.tasks.image_variation import ImageVariation
from lambdas.core.request.tasks.inpainting import Inpainting
from lambdas.core.request.tasks.outpainting import Outpainting
from lambdas.core.request.tasks.search_recolor import SearchRecolor
from lambdas.core.request.tasks.task import TASK_FIELDS, Fields, Task
from lambdas.core.request.tasks.text_image import TextImage

DEFAULT_TASK = "TEXT_IMAGE"
TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        TextImage(),
        Inpainting(),
        Outpainting(),
        ImageVariation(),
        ColorGuidedGeneration(),
        BackgroundRemoval(),
        SearchRecolor(),
    )
}
OPERATIONS: dict[str, str] = {name: words for task in TASKS.values() for name, words in task.operations.items()}
"""Every operation, in words: "INPAINTING with mask_image"."""
TASK_OF: dict[str, str] = {name: task.name for task in TASKS.values() for name in task.operations}
"""The task of each operation."""


def find_task(fields: Fields) -> Task:
    """Return the task of a request with these fields."""
    return TASKS[fields.get("task_type") or DEFAULT_TASK]


def collect_task_faults(given: Mapping[str, Any], fields: Fields, faults: Faults) -> None:
    """Add a fault for each field that is missing for the task, not one of the task, or wrong together with another.

    given: the fields of the event, those with an invalid value included.
    fields: the valid ones.
    """
    if faults.have("task_type"):
        return
    task = find_task(fields)
    for name in TASK_FIELDS:
        if name in given and name not in task.fields:
            faults.mark(name)
            taken = ", ".join(task.fields) or "none of these fields"
            faults.add(f"{name}: {task.name} does not take it; leave it out ({task.name} takes {taken})")
    for name in ("prompt", "negative_prompt"):
        if task.prompt == "none" and name in given:
            faults.mark(name)
            faults.add(f"{name}: {task.name} takes none; leave it out")
    if task.prompt == "required" and "prompt" not in given:
        faults.mark("prompt")
        if not faults.say("did you mean prompt?"):
            faults.add("prompt: is missing; say what the picture must show")
    task.check(given, faults)
    if not faults.have(*TASK_FIELDS):
        for name, line in task.clashes(fields):
            faults.mark(name)
            faults.add(f"{name}: {line}")


__all__ = [
    "DEFAULT_TASK",
    "OPERATIONS",
    "TASKS",
    "TASK_FIELDS",
    "TASK_OF",
    "Task",
    "collect_task_faults",
    "find_task",
]
