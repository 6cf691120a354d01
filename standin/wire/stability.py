"""Stable Image Core, Stable Image Ultra and Stable Diffusion 3.5 Large, text to image.

Sources: AWS docs, Bedrock user guide, model-parameters-diffusion-stable-image-core-text-image-request-response,
…-stable-ultra-…, model-parameters-diffusion-3-5-large (2026 copies). Bedrock does not document the pixel sizes of the
aspect ratios. The stand-in uses about one megapixel, with sides that are multiples of 64 between 640 and 1536.
"""

import hashlib
from typing import Any

from standin.answers.content_filter import is_blocked
from standin.options import Options
from standin.wire import body_schema as schema
from standin.wire.picture_file import encode_base64
from standin.wire.service_error import invalid_request

MAX_PROMPT_CHARS = 10_000
MAX_SEED = 4_294_967_295
MAX_SEED_SD3 = 4_294_967_294
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
    schema.reject_unknown(body, allowed)
    prompt = schema.parse_string(schema.require(body, "prompt"), "#/prompt", max_chars=MAX_PROMPT_CHARS)
    negative = schema.parse_string(body.get("negative_prompt", ""), "#/negative_prompt", max_chars=MAX_PROMPT_CHARS)
    ratio = schema.parse_enum(body.get("aspect_ratio", "1:1"), "#/aspect_ratio", SIZE_OF_ASPECT_RATIO)
    file_format = schema.parse_enum(body.get("output_format", "png"), "#/output_format", formats)
    seed = schema.parse_integer(body.get("seed", 0), "#/seed", 0, MAX_SEED_SD3 if is_sd3 else MAX_SEED)
    if (
        "mode" in body
        and schema.parse_enum(body["mode"], "#/mode", ("text-to-image", "image-to-image")) != "text-to-image"
    ):
        raise invalid_request("The stand-in answers mode text-to-image only.")
    if fault == "filter_prompt" or is_blocked(prompt):
        return {"finish_reasons": [BLOCKED_PROMPT]}
    # AWS: seed 0 means a random seed. Here it follows from the prompt, so that the stand-in stays repeatable.
    used_seed = seed or int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4], "big") or 1
    if fault == "filter_output":
        return {"seeds": [used_seed], "finish_reasons": [BLOCKED_IMAGE], "images": []}
    # Imported here because NumPy takes a tenth of a run's start.
    from standin.scenes.painter import paint

    width_px, height_px = SIZE_OF_ASPECT_RATIO[ratio]
    picture = paint(prompt, negative, used_seed, width_px, height_px, options, fault=fault)
    return {"seeds": [used_seed], "finish_reasons": [None], "images": [encode_base64(picture, file_format)]}
