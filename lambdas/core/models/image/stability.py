"""Adapter for Stable Image Core and Ultra and Stable Diffusion 3.5 Large: text to image, one picture a call.

Source: AWS, Bedrock user guide, "Stability AI models" (model-parameters-stability-diffusion), read 2026-11.
"""

import math
from typing import Any

from lambdas.core.models.image.image_request import Blocked, Call, ImageRequest, decode_images
from lambdas.core.models.response import UnreadableAnswerError
from lambdas.core.run.seeds import candidate_seed
from lambdas.core.runtime.errors import ModelUnavailableError

# AWS: the documented reason of an answer without a picture that no filter refused. It is not billed.
_INFERENCE_ERROR = "Inference error"


def nearest_aspect_ratio(width_px: int, height_px: int, ratios: tuple[str, ...]) -> str:
    """Return the ratio ("16:9") nearest to the size, on a logarithmic scale."""

    def distance(ratio: str) -> float:
        across, down = ratio.split(":")
        return abs(math.log(int(across) / int(down)) - math.log(width_px / height_px))

    return min(ratios, key=distance)


def build_calls(image_request: ImageRequest) -> list[Call]:
    """Return one call per candidate, each with its own seed."""
    model = image_request.model
    aspect_ratio = nearest_aspect_ratio(image_request.width_px, image_request.height_px, model.aspect_ratios)
    calls = []
    for candidate in range(1, image_request.number_of_images + 1):
        seed = candidate_seed(image_request.seed, candidate, model.max_seed)
        body: dict[str, Any] = {
            "prompt": image_request.prompt,
            "aspect_ratio": aspect_ratio,
            "seed": seed,
            "output_format": "png",
        }
        if image_request.negative_prompt:
            body["negative_prompt"] = image_request.negative_prompt
        calls.append(Call(body, (seed,)))
    return calls


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
        return Blocked("prompt" if "prompt" in reason else "output", reason, tuple(pictures))
    if not pictures and reason == _INFERENCE_ERROR:
        raise ModelUnavailableError(f"the image model returned no picture ({reason})")
    if not pictures:
        raise UnreadableAnswerError(f"it holds no picture ({reason or 'empty response'})")
    return pictures
