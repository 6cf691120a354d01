"""TEXT_IMAGE: a picture from words, on its own, after the structure of a picture, or in the style of one."""

from collections.abc import Iterator
from typing import ClassVar

from lambdas.core.request.tasks.task import Fields, Task

CONTROL_MODES = ("CANNY_EDGE", "SEGMENTATION", "SKETCH")


class TextImage(Task):
    """Text to image, also conditioned or with a style reference."""

    name = "TEXT_IMAGE"
    operations: ClassVar = {
        "text": "TEXT_IMAGE",
        "condition_canny_edge": "TEXT_IMAGE with condition_image and control_mode CANNY_EDGE",
        "condition_segmentation": "TEXT_IMAGE with condition_image and control_mode SEGMENTATION",
        "condition_sketch": "TEXT_IMAGE with condition_image and control_mode SKETCH",
        "style_reference": "TEXT_IMAGE with reference_image",
    }
    fields = ("condition_image", "control_mode", "control_strength", "reference_image")

    def clashes(self, fields: Fields) -> Iterator[tuple[str, str]]:
        """Yield the controls without a condition, and a style beside a condition."""
        if "condition_image" not in fields:
            for name in ("control_mode", "control_strength"):
                if name in fields:
                    yield name, "there is no condition_image that it could apply to; give one, or leave it out"
        elif "reference_image" in fields:
            yield "reference_image", "condition_image is given too, and no model takes both; leave one out"

    def operation(self, fields: Fields) -> str:
        """Return the operation; the control mode is CANNY_EDGE unless given."""
        if fields.get("condition_image"):
            return f"condition_{(fields.get('control_mode') or CONTROL_MODES[0]).lower()}"
        return "style_reference" if fields.get("reference_image") else "text"

    def requirements(self, operation: str) -> tuple[str, ...]:
        """Return the composition for a condition, the style for a reference."""
        if operation == "text":
            return ()
        return ("style",) if operation == "style_reference" else ("composition",)
