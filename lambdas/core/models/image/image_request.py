"""What an image model is asked for and what it may answer, whichever its family."""

from dataclasses import dataclass
from typing import Any, Literal

from lambdas.core.catalogue.models import ImageModel


@dataclass(frozen=True, kw_only=True)
class ImageRequest:
    """One attempt: a wording of the prompt, and how it shall be drawn."""

    model: ImageModel
    prompt: str
    negative_prompt: str | None
    width_px: int
    height_px: int
    seed: int
    number_of_images: int
    cfg_scale: float | None


@dataclass(frozen=True)
class Blocked:
    """A content filter refused. No fault: the prompt needs another wording, or the output another seed."""

    what: Literal["prompt", "output"]
    reason: str


@dataclass(frozen=True)
class Call:
    """One InvokeModel call: its body, the pictures it is to make, and the seed of each."""

    body: dict[str, Any]
    seeds: tuple[int, ...]


BLOCKED_MESSAGE = "blocked by our content filters"
"""AWS: part of every message by which Titan and Nova refuse, as an error or in an HTTP 200."""


def parse_refusal(message: str) -> Blocked:
    """What Titan's message says was refused: the prompt, or the pictures made from it."""
    # AWS: "Please adjust your text prompt" against "the generated image(s) may conflict" or "All of the generated images".
    prompt = BLOCKED_MESSAGE in message and "generated image" not in message
    return Blocked("prompt" if prompt else "output", message)
