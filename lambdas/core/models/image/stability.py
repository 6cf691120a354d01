"""Adapter for Stable Image Core and Ultra and Stable Diffusion 3.5 Large, one picture a call.

Source: AWS, Bedrock user guide, "Stability AI models" (model-parameters-stability-diffusion), read 2026-11.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

from lambdas.core.models.image.image_request import (
    Blocked,
    Call,
    ImageRequest,
    decode_images,
    encode_picture,
)
from lambdas.core.models.response import UnreadableAnswerError
from lambdas.core.run.seeds import candidate_seed
from lambdas.core.runtime.errors import ModelUnavailableError

# AWS: the documented reason of an answer without a picture that no filter refused. It is not billed.
_INFERENCE_ERROR = "Inference error"
# Titan's default, so that an event means the same on both.
_SIMILARITY = 0.7


def nearest_aspect_ratio(width_px: int, height_px: int, ratios: tuple[str, ...]) -> str:
    """Return the ratio ("16:9") nearest to the size, on a logarithmic scale."""

    def distance(ratio: str) -> float:
        across, down = ratio.split(":")
        return abs(math.log(int(across) / int(down)) - math.log(width_px / height_px))

    return min(ratios, key=distance)


def build_calls(image_request: ImageRequest) -> list[Call]:
    """Return one call per candidate, each with its own seed."""
    return call_each(image_request, _BODIES[image_request.operation](image_request))


def call_each(image_request: ImageRequest, body: dict[str, Any]) -> list[Call]:
    """Return one call per candidate: the body with a seed of its own, unless the operation takes none."""
    body = {**body, "output_format": "png"}
    if not image_request.model.has_seed(image_request.operation):
        return [Call(body, (0,))]
    numbers = range(1, image_request.number_of_images + 1)
    seeds = [candidate_seed(image_request.seed, number, image_request.model.max_seed) for number in numbers]
    return [Call({**body, "seed": seed}, (seed,)) for seed in seeds]


def texts(image_request: ImageRequest) -> dict[str, Any]:
    """Return the prompt, and the negative prompt if there is one."""
    negative = {"negative_prompt": image_request.negative_prompt} if image_request.negative_prompt else {}
    return {"prompt": image_request.prompt, **negative}


def aspect_ratio(image_request: ImageRequest) -> str:
    """Return the ratio nearest to the size that the request asks for."""
    return nearest_aspect_ratio(image_request.width_px, image_request.height_px, image_request.model.aspect_ratios)


def _text(image_request: ImageRequest) -> dict[str, Any]:
    return {**texts(image_request), "aspect_ratio": aspect_ratio(image_request)}


def _variation(image_request: ImageRequest) -> dict[str, Any]:
    (source,) = image_request.images
    # AWS: strength 0 keeps the picture, 1 ignores it: the opposite of Titan's similarity.
    similarity = _SIMILARITY if image_request.similarity_strength is None else image_request.similarity_strength
    return {
        **texts(image_request),
        "mode": "image-to-image",
        "image": encode_picture(source),
        "strength": round(1 - similarity, 6),
    }


_BODIES: dict[str, Callable[[ImageRequest], dict[str, Any]]] = {"text": _text, "variation": _variation}
"""The builder of each operation's body, without the seed."""

OPERATIONS = frozenset(_BODIES)


def parse_response(response: dict[str, Any]) -> list[bytes] | Blocked:
    """Return the picture, byte for byte as the model made it, or which part was blocked.

    A picture is paid for, even with an unknown reason in the answer, unless a content filter refused it.

    Raises:
        ModelUnavailableError: the model reports that it made no picture (retried by the state machine).
        UnreadableAnswerError: there is neither a picture nor a documented reason.
    """
    reasons = response.get("finish_reasons")
    reason = str(reasons[0] or "") if isinstance(reasons, list) and reasons else ""
    pictures = decode_images(response)
    # AWS: a refusal is an HTTP 200 whose `images` may be absent.
    if reason.startswith("Filter reason"):
        part: Literal["prompt", "input", "output"] = "output"
        if "prompt" in reason:
            part = "prompt"
        elif "input" in reason:
            part = "input"
        return Blocked(part, reason, tuple(pictures))
    if not pictures and reason == _INFERENCE_ERROR:
        raise ModelUnavailableError(f"the image model returned no picture ({reason})")
    if not pictures:
        raise UnreadableAnswerError(f"it holds no picture ({reason or 'empty response'})")
    return pictures
