"""Open a picture file of any origin, within bounds: its formats, its size, and every error of the decoders."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
# The largest picture of the catalogue's models has 4,096² px, which decodes to 64 MiB with transparency.
MAX_PIXELS = 4096 * 4096


class UnreadablePictureError(Exception):
    """The bytes are not a whole picture, or the picture is too large. The message says which."""


@contextmanager
def open_picture(body: bytes, formats: tuple[str, ...] = FORMATS, max_pixels: int = MAX_PIXELS) -> "Iterator[Image]":
    """Open the picture; it is decoded when it is first used, so use it inside the `with`.

    Raises:
        UnreadablePictureError: the bytes are not a whole picture of one of `formats`, or it has more than
            `max_pixels`. Any error inside the `with` counts as a damaged file.
    """
    # Importing Pillow at the top would double the cold start of functions that never open a picture.
    from PIL import Image

    try:
        with Image.open(io.BytesIO(body), formats=formats) as picture:
            if picture.width * picture.height > max_pixels:
                raise UnreadablePictureError(f"{picture.width}×{picture.height} px is too large to be opened")
            yield picture
    except UnreadablePictureError:
        raise
    except Exception as error:
        # Pillow's decoders raise different errors for a damaged file: OSError, SyntaxError, ValueError, struct.error…
        raise UnreadablePictureError("the file cannot be read as a picture") from error
