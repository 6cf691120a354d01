"""The source pictures that lie beside a manifest, for the upload that keeps them beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lambdas.core.batch.manifest.manifest import read_manifest
from lambdas.core.request.picture_address import PICTURE_FIELDS, check_address
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.manifest import Manifest


def pictures_beside(manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Yield the file and the key of each picture that a line or the defaults name by a relative path, once.

    A file that does not exist is left out: Prepare refuses its items, and names it.
    """
    seen: set[str] = set()
    for relative in _named(manifest):
        path = manifest.path.parent / relative
        if relative not in seen and path.is_file():
            seen.add(relative)
            yield path, f"{manifest.key_prefix}/{relative}"


def _named(manifest: Manifest) -> Iterator[str]:
    yield from _relative_paths(manifest.defaults or {})
    with manifest.path.open("rb") as file:
        try:
            for line in read_manifest(file, manifest.path.suffix.lower()):
                yield from _relative_paths(line.fields or {})
        except InvalidRequestError:
            # Plan refuses such a manifest.
            return


def _relative_paths(fields: dict[str, Any]) -> Iterator[str]:
    for name in PICTURE_FIELDS:
        value = fields.get(name)
        for item in value if isinstance(value, list) else [value]:
            try:
                if item is not None and not check_address(name, item).startswith("s3://"):
                    yield item
            except InvalidRequestError:
                # Plan rejects the line.
                continue
