"""COLOR_GUIDED_GENERATION: a picture in the colours of a palette."""

from typing import ClassVar

from lambdas.core.request.tasks.task import Fields, Task


class ColorGuidedGeneration(Task):
    """Text to image in given colours."""

    name = "COLOR_GUIDED_GENERATION"
    operations: ClassVar = {"palette": "COLOR_GUIDED_GENERATION"}
    fields = ("colors", "reference_image")
    required: ClassVar = {"colors": '1 to 10 colours, such as ["#1a2b3c"]'}

    def operation(self, fields: Fields) -> str:
        """Return the only operation."""
        return "palette"
