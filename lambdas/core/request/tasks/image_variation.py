"""IMAGE_VARIATION: pictures that resemble one to five given ones."""

from typing import ClassVar

from lambdas.core.request.tasks.task import Fields, Task


class ImageVariation(Task):
    """Vary pictures."""

    name = "IMAGE_VARIATION"
    operations: ClassVar = {"variation": "IMAGE_VARIATION"}
    fields = ("images", "similarity_strength")
    required: ClassVar = {"images": "1 to 5 pictures to vary"}
    max_images = 5
    prompt = "optional"

    def operation(self, fields: Fields) -> str:
        """Return the only operation."""
        return "variation"

    def requirements(self, operation: str) -> tuple[str, ...]:
        """Return that the subject is the same."""
        return ("alike",)
