"""Load the records of earlier processes from the folder into moto's S3 and DynamoDB, so that work can be resumed."""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from lambdas.core.money.budget import holder_of
from lambdas.core.request.batch_item import batch_key
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, CLAIM_FOLDER, PLAN, SUMMARY
from lambdas.core.runtime.errors import CorruptRecordError
from lambdas.core.runtime.records import LEDGER_FOLDER, REQUEST, RESULT, parse_record
from lambdas.core.runtime.settings import Settings
from retake.emulator.batch_table import restore_spending
from retake.emulator.folder import BytesOfFile, Folder
from retake.inputs.out_folder import PICTURES_FOLDER


def restore_run(folder: Folder, run_id: str, bucket: str, key_prefix: str) -> int:
    """Put a run's files into S3, and return their number.

    Raises:
        UnsafeKeyError: `run_id` is not a run id.
        CorruptRecordError: a record is corrupt, or a picture that a record names is missing.
    """
    files = list(folder.run_files(run_id))
    _check_pictures(folder.root / run_id)
    for inside, body in files:
        _check(folder.root / inside, inside.removeprefix(f"{run_id}/"), body)
        _put(bucket, f"{key_prefix.strip('/')}/{inside}", body)
    return len(files)


def restore_batch(
    folder: Folder,
    batch_id: str,
    settings: Settings,
    on_restored: Callable[[str, bytes], None] = lambda path, body: None,
) -> int:
    """Put the files of a batch and of its items into S3 and the items' costs into the table; return the files' number.

    on_restored: called with (path inside the folder, bytes) of each file of an item.

    Raises:
        CorruptRecordError: a record of the batch or of an item is corrupt, or a picture that a record names is missing.
    """
    count = 0
    batch_folder = folder.root / BATCH_FOLDER / batch_id
    for path in _files(batch_folder):
        name, body = path.relative_to(batch_folder).as_posix(), path.read_bytes()
        if name in (PLAN, SUMMARY):
            _check(path, name, body)
        _put(settings.bucket, path.relative_to(folder.root).as_posix(), body)
        count += 1
    for run_folder, request in _items(folder.root, batch_id):
        prefix = request["output_s3_key_prefix"]
        _check_pictures(run_folder)
        for path in _files(run_folder):
            inside, body = path.relative_to(run_folder).as_posix(), path.read_bytes()
            _check(path, inside, body)
            _put(request["output_s3_bucket_name"], f"{prefix}/{run_folder.name}/{inside}", body)
            on_restored(path.relative_to(folder.root).as_posix(), body)
            count += 1
        _restore_spending(run_folder, request)
    return count


def restore_bucket(folder: Folder, bucket: str) -> int:
    """Put every file of the folder into S3 and the costs of all batches into the table; return the files' number.

    The files' paths are the whole keys: `folder` hides no prefix.
    """
    paths = list(_files(folder.root))
    for path in paths:
        _put(bucket, path.relative_to(folder.root).as_posix(), path.read_bytes())
    for run_folder, request in _items(folder.root, "*"):
        _restore_spending(run_folder, request)
    return len(paths)


def _items(root: Path, batch_id: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the folder and the request of each item of the batch ("*": of every batch), at any depth below `root`."""
    for path in sorted(root.rglob(f"{batch_id}--*/{REQUEST}")):
        request = parse_record(str(path), path.read_bytes(), REQUEST)["request"]
        batch = request.get("batch") or {}
        if path.resolve().is_relative_to(root) and batch.get("id") in (batch_id, path.parent.name.partition("--")[0]):
            yield path.parent, request


def _check(path: Path, name: str, body: bytes) -> None:
    """Raise `CorruptRecordError` if the file is a corrupt record. `name`: its name in the folder of its run or batch."""
    if path.suffix == ".json":
        parse_record(str(path), body, name)


def _check_pictures(run_folder: Path) -> None:
    """Refuse a run of which a picture was deleted: a result would name it, as if it were still there."""
    result_path = run_folder / RESULT
    result = parse_record(str(result_path), result_path.read_bytes()) if result_path.exists() else {}
    # The folder may have been renamed since.
    chosen = "/".join(str((result.get("image") or {}).get("key", "")).split("/")[-3:])
    named = [chosen] if chosen else []
    for path in sorted(run_folder.glob("r*/a*/attempt.json")):
        named += [image["name"] for image in parse_record(str(path), path.read_bytes()).get("images", ())]
    for name in named:
        picture = run_folder / name
        if not picture.is_file():
            places = [picture.parent] if picture.parent.exists() else []
            places += [result_path] if name == chosen else []
            raise CorruptRecordError(
                f"{picture}: is missing; put it back, or delete {' and '.join(map(str, places))} and start again: the "
                "attempt is made and paid for again"
            )


def _restore_spending(run_folder: Path, request: dict[str, Any]) -> None:
    batch, holder = request["batch"], holder_of(request["output_s3_key_prefix"], run_folder.name)
    paths = sorted((run_folder / LEDGER_FOLDER).glob("[!.]*.json"))
    ledgers = {path.stem: parse_record(str(path), path.read_bytes(), LEDGER_FOLDER + path.name) for path in paths}
    restore_spending(batch_key(batch["id"], batch["generation"]), holder, ledgers)


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        # The lock leaves the folder to one process at a time, so the owner of an old claim no longer runs.
        is_claim = path.parent.name == CLAIM_FOLDER and path.parents[2].name == BATCH_FOLDER
        # Another name of a run's picture.
        is_copy = path.parent.name == PICTURES_FOLDER and path.parents[2].name == BATCH_FOLDER
        if path.is_file() and not path.is_symlink() and not (is_hidden or is_claim or is_copy):
            yield path


def _put(bucket: str, key: str, body: bytes) -> None:
    restored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(bucket, key, BytesOfFile(body))
    if content_type := mimetypes.guess_type(key)[0]:
        restored.set_metadata({"Content-Type": content_type})
