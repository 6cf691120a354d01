"""The image blocks of a Converse request.

Source: AWS docs, Bedrock API reference, Message (3.75 MB, 8000 px); messages as in public reports of real calls.
"""

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from standin.wire.service_error import invalid_request, rejected_by_model

MAX_IMAGE_BYTES = 3_750_000
MAX_IMAGE_SIDE_PX = 8000
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}


@dataclass(frozen=True)
class ImageBlock:
    """The decoded bytes and the size of one image."""

    data: bytes
    size_px: tuple[int, int]
    label: str = ""
    """The text just before it in the message."""


def parse_image_block(image: Mapping[str, Any], path: str, label: str = "") -> ImageBlock:
    """Decode an image block. `path` is the message's place, such as `messages.0`.

    Raises:
        ServiceError: an image that Converse or the model rejects.
    """
    file_format, encoded = image.get("format"), (image.get("source") or {}).get("bytes")
    if file_format not in _FORMATS:
        raise invalid_request(
            f"Value '{file_format}' at '{path}.content.image.format' failed to satisfy constraint: "
            "Member must satisfy enum value set: [png, jpeg, gif, webp]"
        )
    if not isinstance(encoded, str):
        raise invalid_request(f"The stand-in takes images as bytes only ({path}).")
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise invalid_request(f"{path}: the image's bytes are not valid base64.") from None
    if len(data) > MAX_IMAGE_BYTES:
        raise rejected_by_model(
            f"{path}: image exceeds 5 MB maximum: {len(encoded)} bytes > 5242880 bytes"
            if len(encoded) > 5_242_880
            else f"{path}: image exceeds 3.75 MB maximum: {len(data)} bytes > {MAX_IMAGE_BYTES} bytes"
        )
    try:
        with Image.open(io.BytesIO(data)) as opened:
            actual, size_px = opened.format, opened.size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise rejected_by_model("Could not process image") from None
    if actual != _FORMATS[file_format]:
        raise rejected_by_model(f"{path}: Image does not match the provided media type image/{file_format}")
    if max(size_px) > MAX_IMAGE_SIDE_PX:
        raise rejected_by_model(
            f"{path}: At least one of the image dimensions exceed max allowed size: {MAX_IMAGE_SIDE_PX} pixels"
        )
    return ImageBlock(data, size_px, label)
