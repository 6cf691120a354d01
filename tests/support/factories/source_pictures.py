"""Source pictures, sound and faulty, as files."""

import io
from typing import Any

from PIL import Image, ImageDraw


def picture_file(
    mode: str = "RGB", size: tuple[int, int] = (64, 64), file_format: str = "PNG", **options: Any
) -> bytes:
    """Return a picture of one colour; `options` go to Pillow."""
    return encode(Image.new(mode, size), file_format, **options)


def mask_file(
    size: tuple[int, int] = (64, 64), box: tuple[int, int, int, int] = (8, 8, 31, 31), **options: Any
) -> bytes:
    """Return a mask: a black box on white."""
    return encode(mask_picture(size, box), **options)


def mask_picture(size: tuple[int, int] = (64, 64), box: tuple[int, int, int, int] = (8, 8, 31, 31)) -> Image.Image:
    """Return the mask that `mask_file` encodes."""
    mask = Image.new("RGB", size, "white")
    ImageDraw.Draw(mask).rectangle(box, fill="black")
    return mask


def encode(picture: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    """Return the picture as a file."""
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return file.getvalue()


def decode(body: bytes) -> Image.Image:
    """Return the picture of a file, decoded."""
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture
