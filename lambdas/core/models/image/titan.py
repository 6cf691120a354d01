"""Adapter for Titan Image Generator G1 v1 and v2: text to image, all candidates in one call.

Source: AWS, Bedrock user guide, "Amazon Titan Image Generator" (model-parameters-titan-image), read 2026-11.
"""

from typing import Any

from lambdas.core.models.image.image_request import Blocked, Call, ImageRequest, decode_images, parse_refusal
from lambdas.core.models.response import UnreadableAnswerError

DEFAULT_CFG_SCALE = 8.0
DEFAULT_QUALITY = "standard"


def build_calls(image_request: ImageRequest) -> list[Call]:
    """Return one call for all candidates. Titan itself derives the seeds of the later ones from the first."""
    text = {"text": image_request.prompt}
    if image_request.negative_prompt:
        text["negativeText"] = image_request.negative_prompt
    body: dict[str, Any] = {
        "taskType": "TEXT_IMAGE",
        "textToImageParams": text,
        "imageGenerationConfig": {
            "numberOfImages": image_request.number_of_images,
            "quality": image_request.quality or DEFAULT_QUALITY,
            "width": image_request.width_px,
            "height": image_request.height_px,
            "cfgScale": DEFAULT_CFG_SCALE if image_request.cfg_scale is None else image_request.cfg_scale,
            "seed": image_request.seed,
        },
    }
    return [Call(body, (image_request.seed,) * image_request.number_of_images)]


def parse_response(response: dict[str, Any]) -> list[bytes] | Blocked:
    """Return the pictures, byte for byte as the model made them; fewer than requested if a filter refused some.

    Raises:
        UnreadableAnswerError: there is neither a picture nor a reason.
    """
    # AWS: `error` comes with HTTP 200, even for a refused prompt. Pictures that passed may be in the same answer.
    pictures, error = decode_images(response), response.get("error")
    if not pictures and not error:
        raise UnreadableAnswerError("it holds no picture and no reason")
    return pictures or parse_refusal(str(error))
