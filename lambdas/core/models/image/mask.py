"""Masks and canvases. In Retake, as in Titan, black is inside the mask: inpainting changes the inside, outpainting the outside."""

import io
from typing import TYPE_CHECKING

from lambdas.core.models.picture_file import open_picture
from lambdas.core.request.task_fields import Extension

if TYPE_CHECKING:
    from PIL.Image import Image

_GREY = (128, 128, 128)


def invert_mask(mask: bytes) -> bytes:
    """Return the mask as PNG with black and white exchanged, for models that change what is white."""
    from PIL import ImageOps

    with open_picture(mask) as picture:
        return encode_png(ImageOps.invert(picture.convert("L")))


def extend_canvas(source: bytes, extension: Extension) -> tuple[bytes, bytes]:
    """Return the picture on a larger canvas, and the mask that keeps the picture, both as PNG."""
    from PIL import Image

    with open_picture(source) as picture:
        size = extended_size(picture.size, extension)
        corner = (extension.left, extension.up)
        canvas = Image.new("RGB", size, _GREY)
        canvas.paste(picture.convert("RGB"), corner)
        mask = Image.new("RGB", size, "white")
        mask.paste("black", (*corner, corner[0] + picture.width, corner[1] + picture.height))
    return encode_png(canvas), encode_png(mask)


def extended_size(size_px: tuple[int, int], extension: Extension) -> tuple[int, int]:
    """Return the width and height of a picture of this size with its extension."""
    return size_px[0] + extension.left + extension.right, size_px[1] + extension.up + extension.down


def encode_png(picture: "Image") -> bytes:
    """Return the picture as a PNG file."""
    file = io.BytesIO()
    # Level 1 is four times as fast as the default, and the file is sent once.
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
