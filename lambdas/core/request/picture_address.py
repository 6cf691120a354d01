"""The address of a source picture: `s3://BUCKET/KEY`, or a path beside the event or manifest until that is resolved."""

import re
from dataclasses import dataclass
from typing import Any

from lambdas.core.request.faults import Faults
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.records import split_s3_uri
from lambdas.core.runtime.settings import Settings

PICTURE_FIELDS = ("images", "mask_image", "condition_image", "reference_image")
"""The fields that name source pictures."""

_S3 = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.+)", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# AWS: an S3 key has at most 1,024 bytes.
_MAX_CHARS = 1_100
_FIX = "give s3://BUCKET/KEY, or a path beside the event or manifest"


@dataclass(frozen=True)
class PictureAddress:
    """The address of one picture in S3."""

    def check(self, name: str, value: Any) -> str:
        """Return the address unchanged."""
        address = check_address(name, value)
        if not address.startswith("s3://"):
            raise InvalidRequestError(
                f"{name}: {format_value(address)} is a relative path, and an execution has no folder; give s3://BUCKET/KEY "
                "(`retake run`, `start` and `batch` upload paths beside an event or manifest)"
            )
        return address


@dataclass(frozen=True)
class PictureAddresses:
    """A list of addresses of pictures."""

    most: int

    def check(self, name: str, value: Any) -> tuple[str, ...]:
        """Return the addresses as a tuple."""
        if not isinstance(value, list | tuple):
            raise InvalidRequestError(f"{name}: {format_value(value)} is not a list; give a list of addresses")
        if not 1 <= len(value) <= self.most:
            raise InvalidRequestError(f"{name}: has {len(value)} pictures; give 1 to {self.most}")
        one = PictureAddress()
        return tuple(one.check(f"{name}[{place}]", item) for place, item in enumerate(value))


def check_address(name: str, value: Any) -> str:
    """Return the address of a picture, absolute or relative, unchanged.

    Raises:
        InvalidRequestError: it is neither an address in S3 nor a plain relative path.
    """
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequestError(f"{name}: {format_value(value)} is not an address; {_FIX}")
    if value.startswith("data:") or len(value) > _MAX_CHARS:
        raise InvalidRequestError(f"{name}: holds the bytes of a picture, not its address; upload it, and {_FIX}")
    if value.startswith("s3://"):
        found = _S3.fullmatch(value)
        if not found or not value.isprintable() or {".", ".."} & set(found[2].split("/")):
            raise InvalidRequestError(f"{name}: {format_value(value)} is not an address in S3; give s3://BUCKET/KEY")
        return value
    if scheme := _SCHEME.match(value):
        raise InvalidRequestError(f"{name}: {format_value(value)} begins with {scheme[0]}, which is not read; {_FIX}")
    parts = value.split("/")
    if value.startswith(("/", "~")) or "\\" in value or not value.isprintable() or {"", ".."} & set(parts):
        raise InvalidRequestError(
            f"{name}: {format_value(value)} is not a path beside the event; {_FIX}, without .., ~ and a leading /"
        )
    return value


def resolve_pictures(fields: dict[str, Any], folder: str, faults: Faults) -> dict[str, Any]:
    """Return the fields with each relative path joined to `folder`, the `s3://` address of the manifest's folder.

    A field with a path that cannot be used is left out, and its faults are added.
    """

    def resolve(name: str, value: Any) -> Any:
        is_relative = isinstance(value, str) and not check_address(name, value).startswith("s3://")
        return f"{folder}/{value}" if is_relative else value

    resolved = dict(fields)
    for name in PICTURE_FIELDS:
        value = resolved.pop(name, None)
        if value is not None:
            with faults.collect(name):
                if isinstance(value, list):
                    resolved[name] = [resolve(f"{name}[{place}]", item) for place, item in enumerate(value)]
                else:
                    resolved[name] = resolve(name, value)
    return resolved


def check_buckets(name: str, addresses: str | tuple[str, ...], settings: Settings) -> None:
    """Raise `InvalidRequestError` if this deployment may not read the bucket of an address."""
    allowed = list(dict.fromkeys((settings.bucket, *settings.extra_output_buckets, *settings.extra_input_buckets)))
    faults = Faults()
    for place, address in enumerate([addresses] if isinstance(addresses, str) else addresses):
        bucket, _ = split_s3_uri(address)
        if bucket not in allowed:
            where = name if isinstance(addresses, str) else f"{name}[{place}]"
            faults.add(
                f"{where}: this deployment may not read the bucket {format_value(bucket)}; copy the picture to "
                f"{' or '.join(allowed)}, or add the bucket to the setting extra_input_buckets"
            )
    faults.raise_if_any()
