"""Titan Image Generator G1 (v1, v2), text to image.

Source: AWS docs, Bedrock user guide, model-parameters-titan-image and titan-image-models (2026 copies). The messages of
the content filter are from the Nova user guide, image-gen-errors; users of Titan report the same ones.
"""

from typing import Any

from standin.answers.content_filter import is_blocked
from standin.options import Options
from standin.wire import body_schema as schema
from standin.wire.picture_file import encode_base64
from standin.wire.service_error import invalid_request

MAX_TEXT_CHARS = 512
MAX_SEED = 2_147_483_646
DEFAULT_SEED = 42
# AWS: the table of allowed sizes, width x height.
SIZES_PX = frozenset(
    {(1024, 1024), (768, 768), (512, 512), (768, 1152), (384, 576), (1152, 768), (576, 384), (768, 1280), (384, 640)}
    | {(1280, 768), (640, 384), (896, 1152), (448, 576), (1152, 896), (576, 448), (768, 1408), (384, 704)}
    | {(1408, 768), (704, 384), (640, 1408), (320, 704), (1408, 640), (704, 320), (1152, 640), (1173, 640)}
)
TASKS = ("TEXT_IMAGE", "INPAINTING", "OUTPAINTING", "IMAGE_VARIATION", "COLOR_GUIDED_GENERATION", "BACKGROUND_REMOVAL")

BLOCKED_PROMPT = (
    "This request has been blocked by our content filters. Please adjust your text prompt to submit a new request."
)
BLOCKED_IMAGES = (
    "This request has been blocked by our content filters because the generated image(s) may conflict with our AUP "
    "or AWS Responsible AI Policy. Please try again."
)


def invoke(body: dict[str, Any], options: Options, fault: str | None) -> dict[str, Any]:
    """Return `{"images": [base64 PNG, ...], "error": null}`. After the output filter: no images, and an error.

    Raises:
        ServiceError: a body outside the documented limits, or a blocked prompt.
    """
    task = schema.require(body, "taskType")
    schema.parse_enum(task, "#/taskType", TASKS)
    if task != "TEXT_IMAGE":
        raise invalid_request(f"The stand-in answers taskType TEXT_IMAGE only, not {task}.")
    schema.reject_unknown(body, ("taskType", "textToImageParams", "imageGenerationConfig"))
    params = schema.parse_object(schema.require(body, "textToImageParams"), "#/textToImageParams")
    schema.reject_unknown(params, ("text", "negativeText"), "#/textToImageParams")
    text = schema.parse_string(
        schema.require(params, "text", "#/textToImageParams"),
        "#/textToImageParams/text",
        min_chars=1,
        max_chars=MAX_TEXT_CHARS,
    )
    negative = ""
    if "negativeText" in params:
        negative = schema.parse_string(
            params["negativeText"], "#/textToImageParams/negativeText", min_chars=1, max_chars=MAX_TEXT_CHARS
        )
    width_px, height_px, count, seed = _parse_generation_config(body.get("imageGenerationConfig", {}))
    if fault == "filter_prompt" or is_blocked(text):
        raise invalid_request(BLOCKED_PROMPT)
    if fault == "filter_output":
        return {"images": [], "error": BLOCKED_IMAGES}
    # Imported here because NumPy takes a tenth of a run's start.
    from standin.scenes.painter import paint

    images = []
    for number in range(count):
        picture = paint(text, negative, seed, width_px, height_px, options, candidate=number, fault=fault)
        images.append(encode_base64(picture, "png"))
    return {"images": images, "error": None}


def _parse_generation_config(value: Any) -> tuple[int, int, int, int]:
    """Return the width and height in pixels, the number of images and the seed."""
    path = "#/imageGenerationConfig"
    config = schema.parse_object(value, path)
    schema.reject_unknown(config, ("quality", "numberOfImages", "height", "width", "cfgScale", "seed"), path)
    schema.parse_enum(config.get("quality", "standard"), f"{path}/quality", ("standard", "premium"))
    schema.parse_number(config.get("cfgScale", 8.0), f"{path}/cfgScale", 1.1, 10.0)
    count = schema.parse_integer(config.get("numberOfImages", 1), f"{path}/numberOfImages", 1, 5)
    seed = schema.parse_integer(config.get("seed", DEFAULT_SEED), f"{path}/seed", 0, MAX_SEED)
    # AWS: the page gives 1408 as the default of both, but its table has no such size. Every sample sends 1024.
    width_px = schema.parse_integer(config.get("width", 1024), f"{path}/width", 320, 1408)
    height_px = schema.parse_integer(config.get("height", 1024), f"{path}/height", 320, 1408)
    if (width_px, height_px) not in SIZES_PX:
        raise invalid_request(
            f"Unsupported image size: {width_px}x{height_px}. Refer to the documentation for the permissible sizes.",
        )
    return width_px, height_px, count, seed
