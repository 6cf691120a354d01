"""The request to an image model and its possible outcomes, the same for every model family."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdas.core.catalogue.models import ImageModel
from lambdas.core.models.response import UnreadableAnswerError
from lambdas.core.request.task_fields import NO_EXTENSION, Extension


@dataclass(frozen=True, kw_only=True)
class ImageRequest:
    """The pictures of one attempt: the wording of the prompt, the image parameters, and the source pictures."""

    model: ImageModel
    operation: str = "text"
    """The operation that the model performs: a key of `core.request.tasks.OPERATIONS`."""
    prompt: str
    """"" for an operation without a prompt."""
    negative_prompt: str | None
    width_px: int
    height_px: int
    seed: int
    number_of_images: int
    cfg_scale: float | None
    quality: str | None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """The source pictures by name: "images-1", "mask_image". They are within the model's limits."""
    mask_prompt: str | None = None
    out_painting_mode: str | None = None
    extend_px: Extension = NO_EXTENSION
    control_strength: float | None = None
    similarity_strength: float | None = None
    colors: tuple[str, ...] | None = None

    @property
    def price_usd(self) -> float:
        """The list price of one picture."""
        return self.model.image_price_usd(self.width_px, self.height_px, self.operation)

    @property
    def images(self) -> list[bytes]:
        """The pictures of the field `images`, in order."""
        return [body for name, body in sorted(self.pictures.items()) if name.startswith("images-")]


@dataclass(frozen=True)
class Blocked:
    """A content filter's refusal. It is not an error: a blocked prompt needs a new wording, a blocked output a new seed."""

    part: Literal["prompt", "output", "input"]
    """ "input": a source picture was refused, so neither another wording nor another seed helps."""
    reason: str
    bodies: tuple[bytes, ...] = field(default=(), compare=False)
    """Pictures in the same answer as the refusal. They are kept and counted as paid, but never judged."""


@dataclass(frozen=True)
class Call:
    """One InvokeModel call."""

    body: dict[str, Any]
    seeds: tuple[int, ...]
    """One for each picture that the call asks for; 0 where the operation takes no seed."""


BLOCKED_MESSAGE = "blocked by our content filters"
"""AWS: part of every refusal of Titan and Nova, which comes as an error or in the body of an HTTP 200."""


def parse_refusal(message: str) -> Blocked:
    """Return which part Titan's message refuses: the prompt, or the pictures made from it."""
    # AWS: "Please adjust your text prompt" refuses the prompt; "the generated image(s) may conflict" and "All of the
    # generated images" refuse the pictures.
    prompt = BLOCKED_MESSAGE in message and "generated image" not in message
    return Blocked("prompt" if prompt else "output", message)


def encode_picture(body: bytes) -> str:
    """Return the bytes in Base64, as a body holds a picture."""
    return base64.b64encode(body).decode()


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
