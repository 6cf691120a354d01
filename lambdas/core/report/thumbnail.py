"""The thumbnail of an item's picture, for the batch sheet. Conclude makes it once, because it has the picture."""

from typing import Any

from lambdas.core.models.picture_file import UnreadablePictureError, open_picture
from lambdas.core.report.embedding import compress, scale_down
from lambdas.core.runtime.records import THUMBNAIL
from lambdas.core.storage.run_folder import RunFolder

SIDE_PX = 320
MAX_BYTES = 15_000


def write_thumbnail(folder: RunFolder, result: dict[str, Any]) -> None:
    """Write the thumbnail of the result's picture. A picture that is missing or cannot be opened gets none.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    image = result.get("image")
    body = folder.read(image["key"].removeprefix(folder.key(""))) if image else None
    if body is None:
        return
    try:
        thumbnail = make_thumbnail(body)
    except UnreadablePictureError:
        return
    folder.write(THUMBNAIL, thumbnail, "image/jpeg")


def make_thumbnail(body: bytes) -> bytes:
    """Return a JPEG of the picture, its longer side at most 320 px, in at most 15 kB.

    Raises:
        UnreadablePictureError: the bytes are not a whole picture, or it is too large.
    """
    with open_picture(body, formats=("PNG", "JPEG", "WEBP")) as opened:
        return compress(scale_down(opened, SIDE_PX), "JPEG", MAX_BYTES)[0]
