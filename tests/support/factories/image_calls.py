"""What an image model is asked, and the refusals of Titan's content filter."""

import base64
from typing import Any

from lambdas.core.catalogue.models import image_model
from lambdas.core.models.image.image_request import ImageRequest

PROMPT_REFUSED = (
    "This request has been blocked by our content filters. Please adjust your text prompt to submit a new request."
)
PICTURE_REFUSED = (
    "This request has been blocked by our content filters because the generated image(s) may conflict with our AUP or AWS "
    "Responsible AI Policy. Please try again."
)
ALL_REFUSED = "All of the generated images have been blocked by our content filters."
SOME_REFUSED = "Some of the generated images have been blocked by our content filters."


def image_request(model_id: str, **fields: Any) -> ImageRequest:
    """Return a request for one 1024 × 1024 image with seed 7; `fields` replace its defaults."""
    usual = {"prompt": "a sea", "negative_prompt": None, "width_px": 1024, "height_px": 1024, "seed": 7}
    usual |= {"number_of_images": 1, "cfg_scale": None, "quality": None}
    return ImageRequest(**{"model": image_model(model_id), **usual, **fields})


def b64(body: bytes) -> str:
    """Return the bytes in Base64, as image models answer."""
    return base64.b64encode(body).decode()
