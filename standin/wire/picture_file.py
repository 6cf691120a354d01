"""Encoding of a painted picture as a PNG, JPEG or WebP file."""

import base64
import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

NOTE = "Painted by Retake's stand-in for Amazon Bedrock: a drawing program, not an AI model."
"""Metadata of every PNG and JPEG. It has no prompt and no seed, so that the judge learns nothing from it."""


def encode_picture(picture: Image.Image, file_format: str) -> bytes:
    """Return the file's bytes. `file_format`: `png`, `jpeg` or `webp`."""
    buffer = io.BytesIO()
    if file_format == "png":
        info = PngInfo()
        info.add_text("Software", NOTE)
        # Level 3 is five times as fast as level 9, and the file a third larger.
        picture.save(buffer, "PNG", pnginfo=info, compress_level=3)
    elif file_format == "jpeg":
        if picture.mode == "RGBA":
            # JPEG has no transparency.
            opaque = Image.new("RGB", picture.size, "white")
            opaque.paste(picture, mask=picture.getchannel("A"))
            picture = opaque
        picture.save(buffer, "JPEG", quality=92, subsampling=0, comment=NOTE.encode())
    else:
        picture.save(buffer, "WEBP", quality=92)
    return buffer.getvalue()


def encode_base64(picture: Image.Image, file_format: str) -> str:
    """Return the file's bytes in base64."""
    return base64.b64encode(encode_picture(picture, file_format)).decode()
