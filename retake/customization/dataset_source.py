"""A training set that `retake dataset` wrote, read again from its folder or from S3."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.runtime.strict_json import StrictJsonError, read_json
from retake.customization import limits
from retake.customization.destination import S3, parse_s3, put
from retake.customization.training_set import MANIFEST, require_size
from retake.deployed.aws import Aws, StackError, errors_of
from retake.view.errors import BadInputError

_MAX_FAULTS = 20
_CONTENT_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


@dataclass(frozen=True)
class Dataset:
    """The records of a set."""

    place: str
    """Its folder, or the `s3://` address of its manifest."""
    records: list[dict[str, str]]
    digest: str

    @property
    def is_in_s3(self) -> bool:
        """Whether a job can read it where it is."""
        return self.place.startswith(S3)


def read_dataset(place: str, region: str | None) -> Dataset:
    """Return the set in a folder or at an `s3://` address.

    Raises:
        BadInputError: there is no set, or the service would refuse it; the message has a line for each fault.
        StackError: S3 failed, or refused.
    """
    if place.startswith(S3):
        is_manifest = place.endswith(f"/{MANIFEST}")
        bucket, prefix = parse_s3(place, "--dataset")
        key = prefix.rstrip("/") if is_manifest else prefix + MANIFEST
        return _parse(f"{S3}{bucket}/{key}", _read_s3(Aws(region), bucket, key), None)
    path = Path(place)
    manifest = path if path.is_file() else path / MANIFEST
    try:
        return _parse(str(manifest.parent), manifest.read_bytes(), manifest.parent)
    except FileNotFoundError:
        raise BadInputError(f"--dataset {place}: has no {MANIFEST}; make it with `retake dataset`") from None
    except OSError as error:
        raise BadInputError(f"--dataset {place}: cannot be read ({error.strerror or error})") from None


def upload(dataset: Dataset, client: Any, bucket: str, prefix: str) -> str:
    """Copy a set from its folder to S3, and return the address of its manifest.

    Raises:
        StackError: S3 failed, or refused.
    """
    folder = Path(dataset.place)
    lines = []
    for record in dataset.records:
        key = f"{prefix}{record['image-ref']}"
        path = folder / record["image-ref"]
        put(client, bucket, key, path.read_bytes(), _CONTENT_TYPES.get(path.suffix, "application/octet-stream"))
        lines.append(json.dumps({**record, "image-ref": f"{S3}{bucket}/{key}"}, ensure_ascii=False) + "\n")
    put(client, bucket, prefix + MANIFEST, "".join(lines).encode(), "application/jsonl")
    return f"{S3}{bucket}/{prefix}{MANIFEST}"


def _read_s3(aws: Aws, bucket: str, key: str) -> bytes:
    try:
        with errors_of("s3", f"{S3}{bucket}/{key}"):
            return bytes(aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except StackError as error:
        if error.code in ("NoSuchKey", "NoSuchBucket", "404"):
            raise BadInputError(
                f"--dataset: {S3}{bucket}/{key} does not exist; make it with `retake dataset`"
            ) from None
        raise


def _parse(place: str, body: bytes, folder: Path | None) -> Dataset:
    records, faults = [], []
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = read_json(line)
        except StrictJsonError:
            record = None
        fault = _fault(record, folder)
        if fault:
            faults.append(f"{place}: line {number}: {fault}")
        else:
            records.append(record)
    if faults:
        more = [f"{place}: {len(faults) - _MAX_FAULTS} more lines have faults"] if len(faults) > _MAX_FAULTS else []
        raise BadInputError("\n".join([*faults[:_MAX_FAULTS], *more]))
    require_size(len(records))
    return Dataset(place, records, hashlib.sha256(body).hexdigest())


def _fault(record: Any, folder: Path | None) -> str | None:
    if not isinstance(record, dict) or set(record) != {"image-ref", "caption"}:
        return 'is not {"image-ref": …, "caption": …}'
    image, caption = record["image-ref"], record["caption"]
    least, most = limits.MIN_CAPTION_CHARS, limits.MAX_CAPTION_CHARS
    if not isinstance(caption, str) or not least <= len(caption) <= most:
        return f"caption: give a text of {least} to {most:,} characters"
    if not isinstance(image, str) or not image:
        return "image-ref: give the place of a picture"
    if folder is None:
        return None if image.startswith(S3) else f"image-ref: {image!r} is not an s3:// address"
    inside = not image.startswith(("/", S3)) and ".." not in Path(image).parts
    if not inside or not (folder / image).is_file():
        return f"image-ref: {image!r} is not a picture in {folder}"
    return None
