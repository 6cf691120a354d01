"""INPAINTING: change the inside of a mask, or remove what is there if there is no prompt."""

from typing import ClassVar

from lambdas.core.request.faults import Faults
from lambdas.core.request.tasks.task import Fields, Task, check_one_of


class Inpainting(Task):
    """Replace or remove a part of a picture."""

    name = "INPAINTING"
    operations: ClassVar = {
        "inpaint_mask": "INPAINTING with mask_image",
        "inpaint_mask_prompt": "INPAINTING with mask_prompt",
        "remove_mask": "INPAINTING with mask_image and without a prompt (removal)",
        "remove_mask_prompt": "INPAINTING with mask_prompt and without a prompt (removal)",
    }
    fields = ("images", "mask_image", "mask_prompt")
    required: ClassVar = {"images": "the picture to change"}
    max_images = 1
    prompt = "optional"

    def check(self, given: Fields, faults: Faults) -> None:
        """Demand the picture and exactly one kind of mask."""
        super().check(given, faults)
        check_one_of(("mask_image", "mask_prompt"), given, self.name, faults)

    def operation(self, fields: Fields) -> str:
        """Return the operation. Without a prompt, it is a removal."""
        action = "inpaint" if fields.get("prompt") else "remove"
        return f"{action}_mask" if fields.get("mask_image") else f"{action}_mask_prompt"

    def requirements(self, operation: str) -> tuple[str, ...]:
        """Return what had to stay; for a removal also that the thing is gone and leaves no trace."""
        if operation == "remove_mask":
            return ("gone", "filled", "kept", "pixels-kept")
        if operation == "remove_mask_prompt":
            return ("gone_named", "filled", "kept")
        return ("kept", "pixels-kept") if operation == "inpaint_mask" else ("kept",)
