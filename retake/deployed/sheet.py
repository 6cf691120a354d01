"""The sheet of a run or a batch of a deployed stack, as a file on this machine."""

import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from botocore.config import Config

from lambdas.core.runtime.batch_paths import RESULTS_JSONL
from lambdas.core.runtime.quoting import format_count
from lambdas.core.runtime.records import REPORT, THUMBNAIL
from retake.deployed.archive import StackEntry
from retake.deployed.aws import Aws, StackError, errors_of
from retake.deployed.links import replace_links
from retake.inputs.out_folder import is_file_name, make_out_folder
from retake.view.archive import Sheet
from retake.view.batch_rows import chosen_pictures, parse_rows
from retake.view.errors import BadInputError

LIFE = timedelta(hours=12)
"""How long an address works, if the credentials that signed it last that long. AWS allows 7 days."""
# AWS: us-east-1 would otherwise be signed by version 2, which encrypted buckets refuse; and an address without the
# Region is redirected for a new bucket, which breaks the signature.
_SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
_READERS = 8
_THUMBNAILS = "thumbnails"


def copy_sheet(entry: StackEntry) -> Sheet:
    """Write the sheet with presigned addresses into a file that only this user can read.

    The addresses let everybody who has them read those objects, so the file is as secret as the pictures.

    Raises:
        BadInputError: there is no sheet.
        StackError: S3 refuses it.
    """
    signer = _Signer(entry.aws, entry.folder.bucket)
    page = replace_links(_read_sheet(entry), entry.folder.key(REPORT), signer.sign)
    # mkdtemp makes a folder for this user only.
    path = Path(tempfile.mkdtemp(prefix=f"retake-{entry.name}-")) / REPORT
    path.write_text(page, encoding="utf-8")
    path.chmod(0o600)
    return Sheet(path, (signer.note(),))


def download_sheet(entry: StackEntry, folder: Path) -> Sheet:
    """Download a run's folder into `folder/{run_id}/`, or a batch's chosen pictures and its sheet into `folder`.

    The pictures of a batch are named by their items. Its sheet shows them and their thumbnails from the folder; the sheets
    of its runs stay in S3, and are linked by presigned addresses.

    Raises:
        BadInputError: the folder cannot be written to, or there is no sheet.
        StackError: S3 refuses a file.
    """
    make_out_folder(folder, "--download")
    return _download_batch(entry, folder) if entry.kind == "batch" else _download_run(entry, folder)


def _download_run(entry: StackEntry, folder: Path) -> Sheet:
    signer = _Signer(entry.aws, entry.folder.bucket)
    files, skipped = {}, []
    for name in entry.folder.names():
        if all(map(is_file_name, name.split("/"))):
            files[folder / entry.name / name] = entry.folder.key(name)
        else:
            skipped.append(name)
    if not files:
        raise BadInputError(f"{entry.folder.s3_uri('')} holds nothing to download")
    signer.download(files.items())
    pictures = sum(_is_picture(path.name) for path in files)
    return Sheet(folder / entry.name / REPORT, _notes(folder, pictures, skipped))


def _download_batch(entry: StackEntry, folder: Path) -> Sheet:
    signer = _Signer(entry.aws, entry.folder.bucket)
    page, key = _read_sheet(entry), entry.folder.key(REPORT)
    pictures: dict[str, str] = {}
    folders: dict[str, str] = {}
    skipped = []
    lines = (entry.folder.read(RESULTS_JSONL) or b"").splitlines()
    for picture in chosen_pictures(parse_rows(entry.folder.s3_uri(RESULTS_JSONL), lines)):
        if picture.bucket == entry.folder.bucket and picture.file_name:
            pictures[picture.key] = picture.file_name
            folders[picture.run_folder] = picture.item_id
        else:
            skipped.append(picture.uri)
    files = {folder / name: image_key for image_key, name in pictures.items()}
    own = entry.folder.key("")

    def to_local(target: str) -> str:
        if target in pictures:
            return pictures[target]
        place, _, name = target.rpartition("/")
        local = None
        if name == THUMBNAIL and place in folders:
            local = f"{_THUMBNAILS}/{folders[place]}{Path(name).suffix}"
        elif target.startswith(own) and all(map(is_file_name, target.removeprefix(own).split("/"))):
            local = target.removeprefix(own)
        if local is None:
            return signer.sign(target)
        files[folder / local] = target
        return local

    page = replace_links(page, key, to_local)
    missing = signer.download(files.items())
    path = folder / REPORT
    path.write_text(page, encoding="utf-8")
    path.chmod(0o600)
    return Sheet(path, (*_notes(folder, len(pictures), [*skipped, *missing]), signer.note()))


def _notes(folder: Path, pictures: int, skipped: Iterable[str]) -> tuple[str, ...]:
    downloaded = f"downloaded  {format_count(pictures, 'picture')} to {folder}"
    return downloaded, *(f"not downloaded: {name}" for name in skipped)


def _read_sheet(entry: StackEntry) -> str:
    body = entry.folder.read(REPORT)
    if body is None:
        raise BadInputError(
            f"{entry.folder.s3_uri(REPORT)} does not exist: it is written when a {entry.kind} ends; "
            f"`retake show {entry.name}` shows what there is"
        )
    return body.decode(errors="replace")


def _is_picture(name: str) -> bool:
    return name.startswith("image-")


class _Signer:
    """Signs addresses of objects in a bucket, and downloads them."""

    def __init__(self, aws: Aws, bucket: str) -> None:
        self._client = aws.client("s3", _SIGNING)
        self._bucket = bucket
        now = datetime.now(UTC)
        expires_at = aws.credentials_expire_at
        self._by_credentials = expires_at is not None and expires_at < now + LIFE
        self._works_until = expires_at if expires_at and self._by_credentials else now + LIFE

    def note(self) -> str:
        """Return a line for the user: how long the addresses work, and for whom."""
        why = "your credentials expire then" if self._by_credentials else "or until your credentials expire"
        return (
            f"its addresses of S3 work until {self._works_until.astimezone():%Y-%m-%d %H:%M}, {why}; everybody who has one "
            "can read the object"
        )

    def sign(self, key: str) -> str:
        """Return an address that reads the object without credentials."""
        address: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=int(LIFE.total_seconds())
        )
        return address

    def download(self, files: Iterable[tuple[Path, str]]) -> list[str]:
        """Download the objects to their paths. Return those that do not exist."""

        def get(file: tuple[Path, str]) -> str | None:
            path, key = file
            path.parent.mkdir(parents=True, exist_ok=True)
            return None if _get(lambda: self._client.download_file(self._bucket, key, os.fspath(path)), key) else key

        with ThreadPoolExecutor(_READERS) as readers:
            return [key for key in readers.map(get, files) if key]


def _get(call: Callable[[], None], key: str) -> bool:
    try:
        with errors_of("s3", key):
            call()
    except StackError as error:
        if error.is_missing:
            return False
        raise
    return True
