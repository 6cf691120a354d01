"""BACKGROUND_REMOVAL: the subject of a picture on a transparent ground."""

from typing import ClassVar

from lambdas.core.request.tasks.task import Fields, Task


class BackgroundRemoval(Task):
    """Remove the background."""

    name = "BACKGROUND_REMOVAL"
    operations: ClassVar = {"background_removal": "BACKGROUND_REMOVAL"}
    fields = ("images",)
    required: ClassVar = {"images": "the picture whose background to remove"}
    max_images = 1
    prompt = "none"

    def operation(self, fields: Fields) -> str:
        """Return the only operation."""
        return "background_removal"

    def requirements(self, operation: str) -> tuple[str, ...]:
        """Return that the subject is whole, and that nothing else is left."""
        return ("whole", "bare", "pixels-transparent")
