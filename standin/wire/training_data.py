"""Check the training data of a fine-tuning job, as the service does after it has started the job.

Source: AWS docs, Bedrock user guide, model-customization-prepare (2026-10).
"""

import io
import json
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from PIL import Image, UnidentifiedImageError

_MIN_RECORDS, _MAX_RECORDS = 5, 10_000
_MAX_PIXELS = 12_582_912
_MAX_BYTES = 50_000_000


def find_data_fault(s3_url: str | None, s3_uri: str) -> str | None:
    """Return why the data cannot be used; None if it can, or if there is no S3 to read it from."""
    if s3_url is None:
        return None
    try:
        lines = [line for line in _read(s3_url, s3_uri).split(b"\n") if line.strip()]
        if not _MIN_RECORDS <= len(lines) <= _MAX_RECORDS:
            return f"The data has {len(lines)} records; {_MIN_RECORDS} to {_MAX_RECORDS} are needed"
        for number, line in enumerate(lines, 1):
            if fault := _record_fault(s3_url, json.loads(line)):
                return f"Record {number}: {fault}"
    except (URLError, OSError) as error:
        return f"The data cannot be read: {error}"
    except ValueError:
        return "The data is not JSON lines"
    return None


def _record_fault(s3_url: str, record: Any) -> str | None:
    if not isinstance(record, dict) or set(record) != {"image-ref", "caption"}:
        return "image-ref and caption are needed, and nothing else"
    if not 3 <= len(record["caption"]) <= 1_024:
        return "the caption must have 3 to 1024 characters"
    body = _read(s3_url, record["image-ref"])
    try:
        with Image.open(io.BytesIO(body)) as image:
            width, height, kind = *image.size, image.format
    except UnidentifiedImageError:
        return "the image cannot be read"
    if kind not in ("JPEG", "PNG") or len(body) > _MAX_BYTES:
        return "the image must be JPEG or PNG of at most 50 MB"
    if min(width, height) < 512 or max(width, height) > 4_096 or width * height > _MAX_PIXELS:
        return "each side of the image must have 512 to 4096 pixels, and at most 12582912 in all"
    return "the aspect must be between 1:4 and 4:1" if max(width, height) > 4 * min(width, height) else None


def _read(s3_url: str, s3_uri: str) -> bytes:
    bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
    with urlopen(f"{s3_url}/{bucket}/{quote(key)}") as answer:  # noqa: S310 - S3 on this machine
        return bytes(answer.read())
