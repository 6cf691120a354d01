"""SEARCH_RECOLOR: give a thing in a picture another colour."""

from typing import ClassVar

from lambdas.core.request.tasks.task import Fields, Task


class SearchRecolor(Task):
    """Recolour what `mask_prompt` names."""

    name = "SEARCH_RECOLOR"
    operations: ClassVar = {"recolor": "SEARCH_RECOLOR"}
    fields = ("images", "mask_prompt")
    required: ClassVar = {"images": "the picture to change", "mask_prompt": "the thing to recolour, in words"}
    max_images = 1

    def operation(self, fields: Fields) -> str:
        """Return the only operation."""
        return "recolor"

    def requirements(self, operation: str) -> tuple[str, ...]:
        """Return that only the colour changed."""
        return ("kept_named",)
