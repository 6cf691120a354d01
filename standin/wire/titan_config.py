"""Titan's `imageGenerationConfig`.

Source: AWS docs, Bedrock user guide, model-parameters-titan-image (2026 copy).
"""

from typing import Any, NamedTuple

from standin.wire import body_schema as schema
from standin.wire.service_error import invalid_request

MAX_SEED = 2_147_483_646
DEFAULT_SEED = 42
# AWS: the table of allowed sizes, width x height.
SIZES_PX = frozenset(
    {(1024, 1024), (768, 768), (512, 512), (768, 1152), (384, 576), (1152, 768), (576, 384), (768, 1280), (384, 640)}
    | {(1280, 768), (640, 384), (896, 1152), (448, 576), (1152, 896), (576, 448), (768, 1408), (384, 704)}
    | {(1408, 768), (704, 384), (640, 1408), (320, 704), (1408, 640), (704, 320), (1152, 640), (1173, 640)}
)


class GenerationConfig(NamedTuple):
    """The checked values."""

    width_px: int
    height_px: int
    images: int
    seed: int


def parse_generation_config(value: Any, *, has_size: bool = True) -> GenerationConfig:
    """Return the checked config. `has_size`: False for a task whose output has its input's size, so that none applies.

    Raises:
        ServiceError: a value outside the documented limits.
    """
    path = "#/imageGenerationConfig"
    config = schema.parse_object(value, path)
    schema.reject_unknown(config, ("quality", "numberOfImages", "height", "width", "cfgScale", "seed"), path)
    schema.parse_enum(config.get("quality", "standard"), f"{path}/quality", ("standard", "premium"))
    schema.parse_number(config.get("cfgScale", 8.0), f"{path}/cfgScale", 1.1, 10.0)
    images = schema.parse_integer(config.get("numberOfImages", 1), f"{path}/numberOfImages", 1, 5)
    seed = schema.parse_integer(config.get("seed", DEFAULT_SEED), f"{path}/seed", 0, MAX_SEED)
    # AWS: the page gives 1408 as the default of both, but its table has no such size. Every sample sends 1024.
    width_px = schema.parse_integer(config.get("width", 1024), f"{path}/width", 320, 1408)
    height_px = schema.parse_integer(config.get("height", 1024), f"{path}/height", 320, 1408)
    if has_size and (width_px, height_px) not in SIZES_PX:
        raise invalid_request(
            f"Unsupported image size: {width_px}x{height_px}. Refer to the documentation for the permissible sizes.",
        )
    return GenerationConfig(width_px, height_px, images, seed)
