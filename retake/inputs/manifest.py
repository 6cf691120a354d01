"""A manifest and its defaults, read from files before anything is started or uploaded."""

import codecs
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.batch.settings import ITEM_FIELDS
from lambdas.core.request.batch_item import batch_id_of
from lambdas.core.runtime.batch_paths import DEFAULTS_ENDING, ENDINGS, JSON_ARRAY, JSON_LINES
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from retake.inputs.event_file import read_event
from retake.inputs.out_folder import is_file_name
from retake.view.errors import BadInputError

_HEAD_BYTES = 1024


@dataclass(frozen=True)
class Manifest:
    """A manifest that can be read. Its lines are checked later, by the function Plan, here as in AWS."""

    path: Path
    defaults: dict[str, Any] | None
    """The fields of NAME.defaults.json, overridden by the command line; None if neither gives any."""
    key_prefix: str
    """The folder of the bucket where both files go."""

    @property
    def key(self) -> str:
        """The manifest's key in the bucket. The batch's id follows from it, so the same file is the same batch."""
        return f"{self.key_prefix}/{self.path.name}"

    @property
    def defaults_key(self) -> str:
        """The key of its defaults."""
        return f"{self.key_prefix}/{self.path.stem}{DEFAULTS_ENDING}"

    @property
    def defaults_body(self) -> bytes:
        """The defaults as a JSON document: `{}` if there are none."""
        return json.dumps(self.defaults or {}, ensure_ascii=False).encode()


def find_manifest(what: str) -> Path | None:
    """Return the path of a manifest in an argument that may also name an event; None for an event or a prompt in words.

    A `.json` file is a manifest if it holds an array.
    """
    if not os.path.exists(what):  # noqa: PTH110 - `Path.exists` raises for a long text
        what = what.strip()
    ending = next((ending for ending in ENDINGS if what.lower().endswith(ending)), None)
    if ending is None or (any(map(str.isspace, what)) and not os.path.exists(what)):  # noqa: PTH110 - `Path.exists` raises for a long text
        return None
    path = Path(what)
    if ending != JSON_ARRAY:
        return path
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    return path if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[") else None


def _is_object(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{")


def read_manifest(
    path: Path, key_prefix: str, max_concurrency: int | None, event_fields: Mapping[str, Any] | None = None
) -> Manifest:
    """Read the manifest's defaults, and check that the manifest itself can be read.

    event_fields: the defaults of `retake.toml` for every event. NAME.defaults.json overrides them.

    Raises:
        BadInputError: the manifest's name is not one of a manifest, or one of the two files cannot be read.
    """
    if not is_file_name(path.name) or not path.name.isprintable():
        # The name becomes a part of an S3 key, and here the name of a file.
        raise BadInputError(
            f"{format_value(path.name)}: the name begins with a dot, or has a backslash, a colon or a control character; "
            "rename the file"
        )
    try:
        batch_id_of("", path.name)
    except InvalidRequestError as error:
        raise BadInputError(f"{path}: {str(error).removeprefix('key: ')}") from None
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read ({error.strerror or error})") from None
    if path.suffix.lower() == JSON_ARRAY and _is_object(head):
        # Plan would refuse it too, but only after it has made records of a batch.
        raise BadInputError(
            f"{path}: holds an object, not an array; run one event with `retake run`, and name a file of lines {JSON_LINES}"
        )
    defaults_path = path.with_name(f"{path.stem}{DEFAULTS_ENDING}")
    defaults = read_event(str(defaults_path)) if defaults_path.exists() else None
    if under := {name: value for name, value in (event_fields or {}).items() if name in ITEM_FIELDS}:
        defaults = {**under, **(defaults or {})}
    if max_concurrency is not None:
        defaults = {**(defaults or {}), "max_concurrency": max_concurrency}
    return Manifest(path, defaults, key_prefix)
