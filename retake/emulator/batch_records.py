"""A new process goes on from what the folder holds: it goes back into the local S3 and DynamoDB."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from lambdas.core.batch.paths import CLAIMS, PREFIX
from lambdas.core.request.batch_item import batch_key
from lambdas.core.runtime.settings import Settings
from retake.emulator.batch_table import restore
from retake.emulator.folder import Folder, FromFolder


def load_batch(folder: Folder, batch_id: str, settings: Settings) -> int:
    """Put the batch's own files and its items' into S3, without writing them again; how many."""
    count = 0
    for path in _files(folder.root / PREFIX / batch_id):
        _put(settings.bucket, path.relative_to(folder.root).as_posix(), path)
        count += 1
    for run_folder, request in _runs(folder.root, batch_id):
        prefix = request["output_s3_key_prefix"]
        for path in _files(run_folder):
            inside = path.relative_to(run_folder).as_posix()
            _put(request["output_s3_bucket_name"], f"{prefix}/{run_folder.name}/{inside}", path)
            count += 1
        _restore_spending(run_folder, request["batch"])
    return count


def load_bucket(folder: Folder, bucket: str) -> int:
    """Put every file of a folder that is a whole bucket into S3, and what batches paid into their counters; how many."""
    paths = list(_files(folder.root))
    for path in paths:
        _put(bucket, path.relative_to(folder.root).as_posix(), path)
    for run_folder, request in _runs(folder.root, "*"):
        _restore_spending(run_folder, request["batch"])
    return len(paths)


def _runs(root: Path, batch_id: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folders of the batch's items ("*": of any batch's), at any depth below a prefix, and the request of each."""
    for path in sorted(root.rglob(f"{batch_id}--*/request.json")):
        request = json.loads(path.read_text(encoding="utf-8"))["request"]
        batch = request.get("batch") or {}
        if path.resolve().is_relative_to(root) and batch.get("id") in (batch_id, path.parent.name.partition("--")[0]):
            yield path.parent, request


def _restore_spending(run_folder: Path, batch: dict[str, Any]) -> None:
    restore(batch_key(batch["id"], batch["generation"]), run_folder.name, run_folder)


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        # Whoever has a claim ended with the process of its time: only one at a time has the folder.
        is_claim = path.parent.name == CLAIMS and path.parents[2].name == PREFIX
        if path.is_file() and not path.is_symlink() and not hidden and not is_claim:
            yield path


def _put(bucket: str, key: str, path: Path) -> None:
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(bucket, key, FromFolder(path.read_bytes()))
