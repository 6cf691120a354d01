"""Adapter for Stable Image Core and Ultra and Stable Diffusion 3.5 Large: text to image, one picture a call.

Source: AWS, Bedrock user guide, "Stability AI models" (model-parameters-stability-diffusion), read 2026-11.
"""

import base64
import math
from typing import Any

from lambdas.core.models.image.image_request import Blocked, Call, ImageRequest
from lambdas.core.run.seeds import candidate_seed
from lambdas.core.runtime.errors import ModelUnavailableError


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
    """Return the one picture, byte for byte as the model made it, or which part was blocked.

    Raises:
        ModelUnavailableError: the model reports an inference error (retried by the state machine).
    """
    # AWS: a refusal is an HTTP 200 whose `images` may be absent, so read the reason first.
    reason = (response.get("finish_reasons") or [None])[0]
    if reason is not None and reason.startswith("Filter reason"):
        return Blocked("prompt" if "prompt" in reason else "output", reason)
    pictures = [base64.b64decode(image) for image in response.get("images") or []]
    if reason is not None or not pictures:
        raise ModelUnavailableError(f"the image model returned no picture ({reason or 'empty response'})")
    return pictures
