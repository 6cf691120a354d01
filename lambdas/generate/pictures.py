"""The pictures of one attempt in S3, byte for byte as the model returned them."""

import hashlib
import io
from typing import Any

from lambdas.core.models.image import ADAPTERS, Picture
from lambdas.core.models.image.image_request import ImageRequest
from lambdas.core.runtime.errors import ModelUnavailableError
from lambdas.core.storage.run_folder import RunFolder

_JPEG_START = b"\xff\xd8"


def read_pictures(folder: RunFolder, here: str, image_request: ImageRequest) -> list[Picture]:
    """Return the attempt's pictures that an earlier invocation wrote.

    Raises:
        RecordError: S3 failed.
    """
    seeds = [seed for call in ADAPTERS[image_request.model.family].build_calls(image_request) for seed in call.seeds]
    pictures = []
    for name in folder.names(f"{here}/image-"):
        candidate = int(name.rsplit("-", 1)[1].split(".")[0])
        body = folder.read(name)
        if body:
            pictures.append(Picture(candidate, body, seeds[candidate - 1]))
    return pictures


def write_picture(folder: RunFolder, here: str, picture: Picture) -> dict[str, Any]:
    """Write the picture and return its entry in attempt.json.

    Raises:
        ModelUnavailableError: the bytes are not a picture. They are kept, because they are paid for.
        RecordError: S3 failed.
    """
    # Pillow is imported here to keep it out of the function's cold start.
    from PIL import Image

    is_jpeg = picture.body.startswith(_JPEG_START)
    name = f"{here}/image-{picture.candidate}.{'jpg' if is_jpeg else 'png'}"
    folder.write(name, picture.body, "image/jpeg" if is_jpeg else "image/png")
    try:
        with Image.open(io.BytesIO(picture.body)) as image:
            width, height = image.size
    except OSError as error:
        raise ModelUnavailableError(f"{folder.s3_uri(name)}: the model's picture cannot be opened ({error})") from None
    return {
        "name": name,
        "seed": picture.seed,
        "width": width,
        "height": height,
        "sha256": hashlib.sha256(picture.body).hexdigest(),
        "size_bytes": len(picture.body),
    }
