"""The request to an image model and its possible outcomes, the same for every model family."""

import base64
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdas.core.catalogue.models import ImageModel
from lambdas.core.models.response import UnreadableAnswerError


@dataclass(frozen=True, kw_only=True)
class ImageRequest:
    """The pictures of one attempt: the wording of the prompt, and the image parameters."""

    model: ImageModel
    prompt: str
    negative_prompt: str | None
    width_px: int
    height_px: int
    seed: int
    number_of_images: int
    cfg_scale: float | None
    quality: str | None


@dataclass(frozen=True)
class Blocked:
    """A content filter's refusal. It is not an error: a blocked prompt needs a new wording, a blocked output a new seed."""

    part: Literal["prompt", "output"]
    reason: str
    bodies: tuple[bytes, ...] = field(default=(), compare=False)
    """Pictures in the same answer as the refusal. They are kept and counted as paid, but never judged."""


@dataclass(frozen=True)
class Call:
    """One InvokeModel call."""

    body: dict[str, Any]
    seeds: tuple[int, ...]
    """One for each picture that the call asks for."""


BLOCKED_MESSAGE = "blocked by our content filters"
"""AWS: part of every refusal of Titan and Nova, which comes as an error or in the body of an HTTP 200."""


def parse_refusal(message: str) -> Blocked:
    """Return which part Titan's message refuses: the prompt, or the pictures made from it."""
    # AWS: "Please adjust your text prompt" refuses the prompt; "the generated image(s) may conflict" and "All of the
    # generated images" refuse the pictures.
    prompt = BLOCKED_MESSAGE in message and "generated image" not in message
    return Blocked("prompt" if prompt else "output", message)


def decode_images(response: dict[str, Any]) -> list[bytes]:
    """Return the pictures in `images`, byte for byte as the model made them; b"" for an entry without a picture.

    Raises:
        UnreadableAnswerError: `images` is not a list.
    """
    images = response.get("images") or []
    if not isinstance(images, list):
        raise UnreadableAnswerError("`images` is not a list")
    return [_decode(image) for image in images]


def _decode(image: Any) -> bytes:
    try:
        return base64.b64decode(image) if isinstance(image, str) else b""
    except ValueError:
        return b""
