"""The pictures of one attempt in S3, byte for byte as the model returned them."""

import hashlib
from typing import Any

from lambdas.core.models.image import Picture, candidate_seeds
from lambdas.core.models.image.image_request import ImageRequest
from lambdas.core.models.picture_file import UnreadablePictureError, open_picture
from lambdas.core.storage.run_folder import RunFolder

_JPEG_START = b"\xff\xd8"


def read_pictures(folder: RunFolder, here: str, image_request: ImageRequest) -> list[Picture]:
    """Return the pictures that an earlier invocation of the attempt kept, candidate 1 first.

    Raises:
        RecordError: S3 failed.
    """
    seeds = candidate_seeds(image_request)
    pictures = []
    for name in folder.names(f"{here}/image-"):
        candidate = int(name.rsplit("-", 1)[1].split(".")[0])
        body = folder.read(name)
        if body is not None:
            pictures.append(Picture(candidate, body, seeds[(candidate - 1) % len(seeds)]))
    return sorted(pictures, key=lambda picture: picture.candidate)


def keep_picture(folder: RunFolder, here: str, picture: Picture) -> None:
    """Write the picture unchanged. It is paid for, even if it cannot be opened.

    Raises:
        RecordError: S3 failed.
    """
    folder.write(_name(here, picture), picture.body, "image/jpeg" if _is_jpeg(picture) else "image/png")


def describe_picture(here: str, picture: Picture) -> dict[str, Any]:
    """Return the picture's entry in attempt.json. A file that cannot be opened has no width and height there."""
    entry = {
        "name": _name(here, picture),
        "seed": picture.seed,
        "sha256": hashlib.sha256(picture.body).hexdigest(),
        "size_bytes": len(picture.body),
    }
    try:
        with open_picture(picture.body) as opened:
            return entry | {"width": opened.width, "height": opened.height}
    except UnreadablePictureError:
        return entry


def _name(here: str, picture: Picture) -> str:
    # A later invocation must not find and judge a blocked picture.
    kind = "blocked" if picture.is_blocked else "image"
    return f"{here}/{kind}-{picture.candidate}.{'jpg' if _is_jpeg(picture) else 'png'}"


def _is_jpeg(picture: Picture) -> bool:
    return picture.body.startswith(_JPEG_START)
