"""Prepare a picture for Claude: within Converse's limits, whatever the image model returned."""

import io
import math
from dataclasses import dataclass

from lambdas.core.models.picture_file import MAX_PIXELS, open_picture

# AWS: Converse takes images of at most 3.75 MB and 8,000 px a side.
MAX_BYTES = 3_750_000
MAX_SIDE_PX = 8_000
# Anthropic: an image is billed as ceil(width / 28) × ceil(height / 28) tokens, after it is scaled down to the model's
# limit of 1,568 or 4,784 tokens. The higher limit is the upper bound for every model.
_PATCH_PX = 28
_MAX_TOKENS = 4_784
_JPEG_QUALITIES = (95, 90, 80, 65)


@dataclass(frozen=True)
class JudgedPicture:
    """One image block of a Converse message."""

    body: bytes
    format: str
    """ "png" or "jpeg"."""
    width_px: int
    height_px: int

    @property
    def tokens(self) -> int:
        """The input tokens that the picture is billed as."""
        return picture_tokens(self.width_px, self.height_px)


def picture_tokens(width_px: int, height_px: int) -> int:
    """Return the input tokens of a picture of this size, by Anthropic's formula."""
    return min(math.ceil(width_px / _PATCH_PX) * math.ceil(height_px / _PATCH_PX), _MAX_TOKENS)


def prepare_picture(body: bytes, max_pixels: int = MAX_PIXELS) -> JudgedPicture:
    """Return the picture for the judge: the bytes unchanged where Converse accepts them, else converted to JPEG.

    A conversion scales down to 8,000 px a side, lays transparency on white, and lowers the quality, to 65 at the least.

    Raises:
        UnreadablePictureError: the bytes are not a whole picture, or it has more than `max_pixels`.
    """
    # Importing Pillow at the top would double the cold start of functions that never open a picture.
    from PIL import Image

    with open_picture(body, max_pixels=max_pixels) as image:
        # Bedrock refuses a damaged file as an invalid request, which would end the run.
        image.load()
        width_px, height_px = image.size
        if image.format in ("PNG", "JPEG") and len(body) <= MAX_BYTES and max(image.size) <= MAX_SIDE_PX:
            return JudgedPicture(body, image.format.lower(), width_px, height_px)
        # JPEG has no transparency: without the white background it would turn black.
        opaque = Image.new("RGB", image.size, "white")
        opaque.paste(image, mask=image.convert("RGBA").getchannel("A"))
        opaque.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
    for quality in _JPEG_QUALITIES:
        packed = io.BytesIO()
        opaque.save(packed, "JPEG", quality=quality)
        if packed.tell() <= MAX_BYTES:
            break
    return JudgedPicture(packed.getvalue(), "jpeg", *opaque.size)
