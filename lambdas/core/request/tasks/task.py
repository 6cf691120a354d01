"""The base class of the tasks of the image model."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from lambdas.core.request.faults import Faults

Fields = Mapping[str, Any]
"""The fields of a request, by name."""
PromptUse = Literal["required", "optional", "none"]

TASK_FIELDS = (
    "images",
    "mask_image",
    "mask_prompt",
    "out_painting_mode",
    "extend_px",
    "condition_image",
    "control_mode",
    "control_strength",
    "reference_image",
    "similarity_strength",
    "colors",
)
"""The fields that only some tasks take."""


class Task:
    """A task, by its name in Titan's API."""

    name: ClassVar[str]
    operations: ClassVar[dict[str, str]]
    """Its operations, each in words."""
    fields: ClassVar[tuple[str, ...]] = ()
    """Those of `TASK_FIELDS` that it takes."""
    required: ClassVar[dict[str, str]] = {}
    """Those that it needs, each with what to give."""
    max_images: ClassVar[int] = 0
    """How many pictures `images` may have."""
    prompt: ClassVar[PromptUse] = "required"

    def check(self, given: Fields, faults: Faults) -> None:
        """Add a fault for each field that is missing, by the names of the fields that the event gives."""
        for name, fix in self.required.items():
            if name not in given and not faults.have(name):
                faults.mark(name)
                faults.add(f"{name}: is missing; {self.name} needs {fix}")

    def clashes(self, fields: Fields) -> Iterator[tuple[str, str]]:
        """Yield each field that is wrong together with others, with the fault and the fix. All fields are valid."""
        images = fields.get("images") or ()
        if len(images) > self.max_images:
            most = "one picture" if self.max_images == 1 else f"at most {self.max_images}"
            yield "images", f"has {len(images)} pictures; {self.name} takes {most}"

    def operation(self, fields: Fields) -> str:
        """Return the operation that these fields ask for."""
        raise NotImplementedError

    def requirements(self, operation: str) -> tuple[str, ...]:
        """Return the names of the requirements that the task itself adds, by their names in requirements.json."""
        return ()

    def judged_sources(self, fields: Fields) -> tuple[str, ...]:
        """Return the fields whose pictures the judge sees before the candidates. Never a mask."""
        return tuple(name for name in ("images", "condition_image", "reference_image") if fields.get(name))


def check_one_of(names: tuple[str, ...], given: Fields, task: str, faults: Faults) -> None:
    """Add a fault unless exactly one of these fields is given."""
    if faults.have(*names):
        return
    found = [name for name in names if name in given]
    listed = f"{', '.join(names[:-1])} or {names[-1]}"
    if not found:
        faults.mark(*names)
        faults.add(f"{names[0]}: is missing; {task} needs {listed}")
    for name in found[1:]:
        faults.mark(name)
        faults.add(f"{name}: {found[0]} is given too; {task} takes one of {listed}, so leave one out")
