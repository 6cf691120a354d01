"""Stable Image Core and Ultra, and Stable Diffusion 3.5 Large, text to image: one picture a call.

Source: AWS, Bedrock user guide, "Stability AI models" (model-parameters-stability-diffusion), read 2026-11.
"""

import base64
import math
from typing import Any

from lambdas.core.models.image.image_request import Blocked, Call, ImageRequest
from lambdas.core.run.seeds import candidate_seed
from lambdas.core.runtime.errors import ModelUnavailableError


def nearest_aspect_ratio(width_px: int, height_px: int, ratios: tuple[str, ...]) -> str:
    """The ratio ("16:9") whose shape is nearest to the asked size, on a logarithmic scale."""

    def distance(ratio: str) -> float:
        across, down = ratio.split(":")
        return abs(math.log(int(across) / int(down)) - math.log(width_px / height_px))

    return min(ratios, key=distance)


def build_calls(ask: ImageRequest) -> list[Call]:
    """As many calls as candidates, each with a seed of its own."""
    found = []
    for candidate in range(1, ask.number_of_images + 1):
        seed = candidate_seed(ask.seed, candidate, ask.model.max_seed)
        body: dict[str, Any] = {
            "prompt": ask.prompt,
            "aspect_ratio": nearest_aspect_ratio(ask.width_px, ask.height_px, ask.model.aspect_ratios),
            "seed": seed,
            "output_format": "png",
        }
        if ask.negative_prompt:
            body["negative_prompt"] = ask.negative_prompt
        found.append(Call(body, (seed,)))
    return found


def parse_response(answer: dict[str, Any]) -> list[bytes] | Blocked:
    """The picture, as the model made it.

    Raises:
        ModelUnavailableError: the model reports an inference error (retried by the state machine).
    """
    # AWS: a refusal is an HTTP 200 whose `images` may be absent, so the reason is read first.
    reason = (answer.get("finish_reasons") or [None])[0]
    if reason is not None and reason.startswith("Filter reason"):
        return Blocked("prompt" if "prompt" in reason else "output", reason)
    pictures = [base64.b64decode(image) for image in answer.get("images") or []]
    if reason is not None or not pictures:
        raise ModelUnavailableError(f"the image model made no picture ({reason or 'empty answer'})")
    return pictures
