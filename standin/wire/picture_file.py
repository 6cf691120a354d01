"""A painted picture as a file's bytes, saying whose it is and nothing else."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

NOTE = "Painted by Retake's stand-in for Amazon Bedrock: a drawing program, not an AI model."


def encoded(picture: Image.Image, file_format: str) -> bytes:
    """PNG, JPEG or WebP bytes. The note they carry holds no prompt and no seed: a judge can learn nothing from it."""
    buffer = io.BytesIO()
    if file_format == "png":
        info = PngInfo()
        info.add_text("Software", NOTE)
        # Level 3 is a third larger than 9 and five times as fast.
        picture.save(buffer, "PNG", pnginfo=info, compress_level=3)
    elif file_format == "jpeg":
        picture.save(buffer, "JPEG", quality=92, subsampling=0, comment=NOTE.encode())
    else:
        picture.save(buffer, "WEBP", quality=92)
    return buffer.getvalue()
