"""The questions that the stand-in's Claude answers: one table for the tools, the operations and the programs behind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standin.answers.coverage import check_coverage
from standin.answers.requirements import derive_requirements
from standin.answers.reviser import revise_prompt
from standin.wire.claude_output_format import schema_name
from standin.wire.claude_tools import tool_names
from standin.wire.image_block import ImageBlock


@dataclass(frozen=True)
class Question:
    """One question of Retake's."""

    tool: str
    """The name of its tool, or of its JSON schema in structured output."""
    operation: str
    """Its name in fault scripts and in the call log."""
    answer: Callable[[tuple[ImageBlock, ...], dict[str, Any]], dict[str, Any]]
    """Returns the tool's input from the images and the data of a conversation."""


_SOURCE = re.compile(r"\s*(source|condition|reference|original|parent)", re.IGNORECASE)
_CANDIDATE = re.compile(r"\s*candidate", re.IGNORECASE)


def _judge(images: tuple[ImageBlock, ...], data: dict[str, Any]) -> dict[str, Any]:
    # Imported here because NumPy takes a tenth of a run's start, and a run begins with another question.
    from standin.scenes.judge import judge

    sources, candidates = _split(images, data)
    return judge(candidates, data, sources)


def _split(images: tuple[ImageBlock, ...], data: dict[str, Any]) -> tuple[list[bytes], list[bytes]]:
    """Return the sources and the candidates, by the text before each picture. Without one, the candidates come last."""
    sources = [image.data for image in images if _SOURCE.match(image.label)]
    if not sources and not any(_CANDIDATE.match(image.label) for image in images):
        count = data.get("candidates")
        first = len(images) - count if isinstance(count, int) and 0 < count < len(images) else 0
        return [image.data for image in images[:first]], [image.data for image in images[first:]]
    return sources, [image.data for image in images if not _SOURCE.match(image.label)]


QUESTIONS = (
    Question("record_requirements", "requirements", lambda _, data: derive_requirements(data)),
    Question("record_verdict", "verdict", _judge),
    Question("record_prompt", "prompt", lambda _, data: revise_prompt(data)),
    Question("record_coverage", "coverage", lambda _, data: check_coverage(data)),
)


def find_question(request: dict[str, Any]) -> Question | None:
    """Return the question of a Converse request, by the name of a tool or of the answer's schema."""
    by_tool = {question.tool: question for question in QUESTIONS}
    for name in tool_names(request):
        if name in by_tool:
            return by_tool[name]
    return by_tool.get(schema_name(request) or "")
