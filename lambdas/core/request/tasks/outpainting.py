"""OUTPAINTING: change the outside of a mask, or extend a picture over its edges."""

from typing import ClassVar

from lambdas.core.request.faults import Faults
from lambdas.core.request.tasks.task import Fields, Task, check_one_of


class Outpainting(Task):
    """Paint what surrounds a part of a picture, or the whole picture."""

    name = "OUTPAINTING"
    operations: ClassVar = {
        "outpaint_mask": "OUTPAINTING with mask_image",
        "outpaint_mask_prompt": "OUTPAINTING with mask_prompt",
        "outpaint_extend": "OUTPAINTING with extend_px",
    }
    fields = ("images", "mask_image", "mask_prompt", "extend_px", "out_painting_mode")
    required: ClassVar = {"images": "the picture to extend"}
    max_images = 1
    prompt = "optional"

    def check(self, given: Fields, faults: Faults) -> None:
        """Demand the picture and exactly one of the masks and `extend_px`."""
        super().check(given, faults)
        check_one_of(("mask_image", "mask_prompt", "extend_px"), given, self.name, faults)

    def operation(self, fields: Fields) -> str:
        """Return the operation."""
        if fields.get("extend_px"):
            return "outpaint_extend"
        return "outpaint_mask" if fields.get("mask_image") else "outpaint_mask_prompt"

    def requirements(self, operation: str) -> tuple[str, ...]:
        """Return that the part to keep stayed, and that the new parts continue it."""
        if operation == "outpaint_extend":
            return ("kept_extended", "seam", "pixels-kept")
        return ("kept_subject", "seam", *(("pixels-kept",) if operation == "outpaint_mask" else ()))
