"""Stable Image Core, Stable Image Ultra and Stable Diffusion 3.5 Large: text to image; SD3.5 also image to image.

Sources: AWS docs, Bedrock user guide, model-parameters-diffusion-stable-image-core-text-image-request-response,
…-stable-ultra-…, model-parameters-diffusion-3-5-large (2026 copies). Bedrock does not document the pixel sizes of the
aspect ratios. The stand-in uses about one megapixel, with sides that are multiples of 64 between 640 and 1536. AWS does
not say which size image to image returns. The stand-in keeps the image's. AWS's pages contradict each other about
Ultra's image to image, so the stand-in does not serve it.
"""

import hashlib
from typing import Any

from PIL import Image

from standin.answers.content_filter import is_blocked
from standin.options import Options
from standin.wire import body_schema as schema
from standin.wire.input_image import GENERATOR, parse_image
from standin.wire.picture_file import encode_base64
from standin.wire.service_error import in_own_words, invalid_request

MAX_PROMPT_CHARS = 10_000
MAX_SEED = 4_294_967_295
MAX_SEED_SD3 = 4_294_967_294
MODES = ("text-to-image", "image-to-image")
# Width x height in pixels.
SIZE_OF_ASPECT_RATIO = {
    "16:9": (1344, 768),
    "1:1": (1024, 1024),
    "21:9": (1536, 640),
    "2:3": (832, 1216),
    "3:2": (1216, 832),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
BLOCKED_PROMPT = "Filter reason: prompt"
BLOCKED_INPUT = "Filter reason: input image"
BLOCKED_IMAGE = "Filter reason: output image"


def invoke(model_id: str, body: dict[str, Any], options: Options, fault: str | None) -> dict[str, Any]:
    """Return `{"seeds": [n], "finish_reasons": [null], "images": [base64]}`, or a filter's reason and no image.

    Raises:
        ServiceError: a body outside the documented limits.
    """
    is_sd3 = "sd3" in model_id
    formats = ("jpeg", "png", "webp") if is_sd3 else ("jpeg", "png")
    allowed = ["prompt", "negative_prompt", "aspect_ratio", "seed", "output_format"]
    if "core" not in model_id:
        allowed += ["mode"]
    if is_sd3:
        allowed += ["image", "strength"]
    schema.reject_unknown(body, allowed)
    prompt = schema.parse_string(schema.require(body, "prompt"), "#/prompt", max_chars=MAX_PROMPT_CHARS)
    negative = schema.parse_string(body.get("negative_prompt", ""), "#/negative_prompt", max_chars=MAX_PROMPT_CHARS)
    ratio = schema.parse_enum(body.get("aspect_ratio", "1:1"), "#/aspect_ratio", SIZE_OF_ASPECT_RATIO)
    file_format = schema.parse_enum(body.get("output_format", "png"), "#/output_format", formats)
    seed = schema.parse_integer(body.get("seed", 0), "#/seed", 0, MAX_SEED_SD3 if is_sd3 else MAX_SEED)
    mode = schema.parse_enum(body.get("mode", MODES[0]), "#/mode", MODES)
    if mode == "image-to-image" and not is_sd3:
        raise invalid_request("The stand-in answers mode text-to-image only.")
    given = _parse_image_to_image(body, mode) if is_sd3 else None
    if fault == "filter_prompt" or is_blocked(prompt):
        return {"finish_reasons": [BLOCKED_PROMPT]}
    if fault == "filter_input" and given is not None:
        return {"finish_reasons": [BLOCKED_INPUT]}
    # AWS: seed 0 means a random seed. Here it follows from the prompt, so that the stand-in stays repeatable.
    used_seed = seed or int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4], "big") or 1
    if fault == "filter_output":
        return {"seeds": [used_seed], "finish_reasons": [BLOCKED_IMAGE], "images": []}
    # Imported here because NumPy takes a tenth of a run's start.
    if given is None:
        from standin.scenes.painter import paint

        picture = paint(prompt, negative, used_seed, *SIZE_OF_ASPECT_RATIO[ratio], options, fault=fault)
    else:
        from standin.scenes.editor import Edit, image_to_image

        edit = Edit(
            task="image-to-image", prompt=prompt, negative_prompt=negative, seed=used_seed, options=options, fault=fault
        )
        picture = image_to_image(*given, edit)
    return {"seeds": [used_seed], "finish_reasons": [None], "images": [encode_base64(picture, file_format)]}


def _parse_image_to_image(body: dict[str, Any], mode: str) -> tuple[Image.Image, float] | None:
    """Return the image and the strength. None: the mode is text to image."""
    if mode == "text-to-image":
        for name in ("image", "strength"):
            if name in body:
                raise in_own_words(f"#/{name}: needs mode image-to-image.")
        return None
    if "aspect_ratio" in body:
        raise in_own_words("#/aspect_ratio: is for mode text-to-image only.")
    image = parse_image(schema.require(body, "image"), "#/image", GENERATOR)
    return image, schema.parse_number(schema.require(body, "strength"), "#/strength", 0, 1)
