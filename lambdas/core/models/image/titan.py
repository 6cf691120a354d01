"""Titan Image Generator G1 v1 and v2, text to image.

Source: AWS, Bedrock user guide, "Amazon Titan Image Generator" (model-parameters-titan-image), read 2026-11.
"""

import base64
from typing import Any

from lambdas.core.models.image.image_request import Blocked, Call, ImageRequest, parse_refusal

DEFAULT_CFG_SCALE = 8.0


def build_calls(ask: ImageRequest) -> list[Call]:
    """One call makes every candidate; Titan derives the seeds of the later ones from the first itself."""
    text = {"text": ask.prompt}
    if ask.negative_prompt:
        text["negativeText"] = ask.negative_prompt
    body: dict[str, Any] = {
        "taskType": "TEXT_IMAGE",
        "textToImageParams": text,
        "imageGenerationConfig": {
            "numberOfImages": ask.number_of_images,
            "quality": "standard",
            "width": ask.width_px,
            "height": ask.height_px,
            "cfgScale": DEFAULT_CFG_SCALE if ask.cfg_scale is None else ask.cfg_scale,
            "seed": ask.seed,
        },
    }
    return [Call(body, (ask.seed,) * ask.number_of_images)]


def parse_response(answer: dict[str, Any]) -> list[bytes] | Blocked:
    """The pictures, as the model made them. Fewer than were asked for when a filter held some back."""
    # AWS: `error` comes with HTTP 200, for a flagged prompt too, and may come beside the pictures that were not blocked.
    pictures = [base64.b64decode(image) for image in answer.get("images") or []]
    return pictures or parse_refusal(str(answer.get("error") or "no picture came"))
