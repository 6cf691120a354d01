"""The pictures in an InvokeModel body: decoding, and the documented limits of each family.

Sources: AWS docs, Bedrock user guide, model-parameters-titan-image, titan-image-models and stable-image-services (2026
copies). No source gives the text of an error about a picture, so each is in the stand-in's own words.
"""

import base64
import binascii
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from standin.wire import body_schema as schema
from standin.wire.service_error import in_own_words

_MAX_CHARS = 25_000_000


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """What a model takes as a picture."""

    formats: tuple[str, ...]
    max_bytes: int | None = None
    min_side_px: int = 1
    max_side_px: int | None = None
    max_pixels: int | None = None
    max_aspect: float | None = None
    """The longer side divided by the shorter one."""
    must_be_opaque: bool = False


TITAN = ImageLimits(formats=("JPEG", "PNG"), max_bytes=5 * 1024 * 1024, max_side_px=1408, must_be_opaque=True)
TITAN_VARIATION = ImageLimits(formats=("JPEG", "PNG"), max_bytes=5 * 1024 * 1024, must_be_opaque=True)
"""AWS: pictures to vary are resized."""
SERVICE = ImageLimits(formats=("JPEG", "PNG", "WEBP"), min_side_px=64, max_pixels=9_437_184, max_aspect=2.5)
GENERATOR = ImageLimits(formats=("JPEG", "PNG", "WEBP"), min_side_px=64)
MASK = ImageLimits(formats=("JPEG", "PNG", "WEBP"))
"""A mask of a Stability service. AWS: it is resized to the picture."""


def parse_image(value: Any, path: str, limits: ImageLimits) -> Image.Image:
    """Decode a picture in base64: RGBA if the file has an alpha channel, else in the file's own mode.

    Raises:
        ServiceError: it is not a picture, or outside the limits.
    """
    data = _decode(schema.parse_string(value, path, min_chars=1, max_chars=_MAX_CHARS), path)
    if limits.max_bytes is not None and len(data) > limits.max_bytes:
        raise in_own_words(f"{path}: the image has {len(data)} bytes, more than {limits.max_bytes}.")
    try:
        with Image.open(io.BytesIO(data)) as opened:
            file_format = str(opened.format)
            _check_size(opened.size, path, limits)
            opened.load()
            image = opened.convert("RGBA") if opened.has_transparency_data else opened.copy()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise in_own_words(f"{path}: the bytes are not a whole image.") from None
    if file_format not in limits.formats:
        raise in_own_words(f"{path}: the image is {file_format}, not one of {', '.join(limits.formats)}.")
    if limits.must_be_opaque and image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255):
        raise in_own_words(f"{path}: the image has pixels that are not opaque.")
    return image


def parse_titan_mask(value: Any, path: str, size_px: tuple[int, int]) -> Image.Image:
    """Decode a mask of Titan's: an RGB picture of the image's size, with black and white pixels only.

    Raises:
        ServiceError: it is not such a picture.
    """
    mask = parse_image(value, path, TITAN)
    if mask.size != size_px:
        raise in_own_words(f"{path}: the mask is {mask.width}x{mask.height}, the image {size_px[0]}x{size_px[1]}.")
    if mask.mode != "RGB":
        raise in_own_words(f"{path}: the mask has the mode {mask.mode}; it must be RGB without alpha.")
    colours = mask.getcolors(2)
    if colours is None or any(colour not in ((0, 0, 0), (255, 255, 255)) for _, colour in colours):
        raise in_own_words(f"{path}: the mask has pixels other than black (0 0 0) and white (255 255 255).")
    return mask.convert("L")


def _decode(text: str, path: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise in_own_words(f"{path}: the text is not valid base64.") from None


def _check_size(size_px: tuple[int, int], path: str, limits: ImageLimits) -> None:
    shorter_px, longer_px = sorted(size_px)
    size = f"{size_px[0]}x{size_px[1]}"
    if shorter_px < limits.min_side_px:
        raise in_own_words(f"{path}: the image is {size}; each side must be at least {limits.min_side_px} px.")
    if limits.max_side_px is not None and longer_px > limits.max_side_px:
        raise in_own_words(f"{path}: the image is {size}; the longest side may be {limits.max_side_px} px.")
    if limits.max_pixels is not None and shorter_px * longer_px > limits.max_pixels:
        raise in_own_words(f"{path}: the image has {shorter_px * longer_px} pixels, more than {limits.max_pixels}.")
    if limits.max_aspect is not None and longer_px > limits.max_aspect * shorter_px:
        raise in_own_words(
            f"{path}: the image is {size}; its aspect must be 1:{limits.max_aspect} to {limits.max_aspect}:1."
        )
