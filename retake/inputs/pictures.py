"""The source pictures of an event that lie beside it: found, and given an address in S3."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.request.picture_address import PICTURE_FIELDS, check_address
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value

PICTURE_BUCKET = "retake-inputs"
"""The bucket on this machine. On a deployed stack, the stack's own bucket takes its place."""
PICTURE_PREFIX = "inputs/"

_HASH_CHARS = 16
# Larger than any model takes. Prepare refuses a picture that is too large with the model's limit.
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class LocalPicture:
    """A file that must be put into S3 before the run starts."""

    path: Path
    key: str
    """It holds the hash of the content, so another content is another address."""

    @property
    def address(self) -> str:
        """The address that stands in the event."""
        return f"s3://{PICTURE_BUCKET}/{self.key}"


def find_pictures(fields: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], list[LocalPicture], list[str]]:
    """Return the fields with an address in place of each relative path, the files behind them, and the faults.

    folder: the folder of the event's file. A value that is no path at all stays as it is, for the field's own check.
    """
    found: dict[str, Any] = {}
    pictures: list[LocalPicture] = []
    faults: list[str] = []

    def place(name: str, value: Any) -> Any:
        if not isinstance(value, str) or value.startswith("s3://"):
            return value
        try:
            picture = _locate(name, check_address(name, value), folder)
        except InvalidRequestError as fault:
            faults.extend(fault.faults)
            return value
        pictures.append(picture)
        return picture.address

    for name in PICTURE_FIELDS:
        value = fields.get(name)
        if isinstance(value, list):
            found[name] = [place(f"{name}[{number}]", item) for number, item in enumerate(value)]
        elif value is not None:
            found[name] = place(name, value)
    return {**fields, **found}, pictures, faults


def readdress(fields: Mapping[str, Any], pictures: Iterable[LocalPicture], bucket: str) -> dict[str, Any]:
    """Return the fields with the pictures' addresses in another bucket."""
    moved = {picture.address: f"s3://{bucket}/{picture.key}" for picture in pictures}

    def move(value: Any) -> Any:
        if isinstance(value, list):
            return [move(item) for item in value]
        return moved.get(value, value) if isinstance(value, str) else value

    return {name: move(value) if name in PICTURE_FIELDS else value for name, value in fields.items()}


def _locate(name: str, relative: str, folder: Path) -> LocalPicture:
    path = folder / relative
    try:
        with path.open("rb") as file:
            body = file.read(_MAX_BYTES + 1)
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise InvalidRequestError(
            f"{name}: {format_value(str(path))}: {reason}; the path starts at the event's folder"
        ) from None
    if len(body) > _MAX_BYTES:
        raise InvalidRequestError(
            f"{name}: {format_value(str(path))} has more than {_MAX_BYTES:,} bytes; scale it down"
        )
    file_name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.name).strip(".-") or "picture"
    return LocalPicture(path, f"{PICTURE_PREFIX}{hashlib.sha256(body).hexdigest()[:_HASH_CHARS]}/{file_name}")
