"""Pictures made smaller, and written as `data:` URIs into the page."""

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from lambdas.core.models.picture_file import open_picture

_QUALITIES = (80, 60, 40, 25)
_SMALLER = 0.7
_SMALLEST_SIDE_PX = 32
# WebP's method 2 takes half the time of Pillow's default 4, for a few per cent more bytes.
_OPTIONS: dict[str, dict[str, Any]] = {"WEBP": {"method": 2}, "JPEG": {"optimize": True}}


@dataclass(frozen=True)
class Embedded:
    """One picture, small enough for the page."""

    data_uri: str
    width_px: int
    height_px: int


def embed(body: bytes, side_px: int, max_bytes: int) -> Embedded:
    """Return the picture with its longer side at most `side_px`, in at most `max_bytes` before base64.

    The bytes are unchanged if they are within both limits and WebP is not smaller.

    Raises:
        UnreadablePictureError: the bytes are not a whole picture, or it has more than 4,096² px.
    """
    with open_picture(body, formats=("PNG", "JPEG", "WEBP")) as opened:
        kind, is_small = opened.format, max(opened.size) <= side_px
        picture = scale_down(opened, side_px)
    small = compress(picture, "WEBP", max_bytes)
    if is_small and len(body) <= min(max_bytes, len(small[0])):
        return Embedded(_data_uri(body, str(kind).lower()), *picture.size)
    return Embedded(_data_uri(small[0], "webp"), *small[1])


def scale_down(opened: Image.Image, side_px: int) -> Image.Image:
    """Decode the picture, scale it down, and replace transparency by white."""
    opened.draft("RGB", (side_px, side_px))
    # Scale by a whole factor first: it is many times faster than a single resampling, and looks the same.
    opened.thumbnail((side_px, side_px), reducing_gap=2.0)
    if not opened.has_transparency_data:
        return opened.convert("RGB")
    clear = opened.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear)
    return paper


def compress(picture: Image.Image, kind: str, max_bytes: int) -> tuple[bytes, tuple[int, int]]:
    """Return the picture as a "WEBP" or "JPEG" file of at most `max_bytes`, and its size, which may be smaller."""
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            picture.save(out, kind, quality=quality, **_OPTIONS[kind])
            if out.tell() <= max_bytes or max(picture.size) <= _SMALLEST_SIDE_PX:
                return out.getvalue(), picture.size
        picture = picture.resize((max(1, int(picture.width * _SMALLER)), max(1, int(picture.height * _SMALLER))))


def _data_uri(body: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(body).decode()}"
