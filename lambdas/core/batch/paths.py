"""Where a batch is kept: its id, and the folder `batch/{batch_id}/` in the stack's bucket."""

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import IO

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import InvalidRequestError, RecordError
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder

PREFIX = "batch"
MANIFESTS = "batch/manifests"
"""Where a command puts a manifest that it starts itself: no file here starts a batch, and no run may write here."""
PLAN = "plan/plan.json"
ITEMS = "plan/items.json"
REJECTED = "rejected.jsonl"
MAP = "map/"
CLAIMS = "claims"
SUMMARY = "summary.json"
RESULTS_JSONL = "results.jsonl"
RESULTS_CSV = "results.csv"

ENDINGS = (".jsonl", ".json", ".csv")
DEFAULTS_ENDING = ".defaults.json"

_NAME_CHARS = 29
_HASH_CHARS = 8


def batch_id_of(bucket: str, key: str) -> str:
    """The id of the batch that a manifest is: the same for every version of the file, at most 38 characters, no `--`.

    Raises:
        InvalidRequestError: no manifest has this name.
    """
    name = PurePosixPath(key).name
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
    if ending is None or name.lower().endswith(DEFAULTS_ENDING):
        raise InvalidRequestError(
            f"key: {name!r} is no manifest; give a file that ends in {', '.join(ENDINGS)}, and not in {DEFAULTS_ENDING}"
        )
    ascii_name = unicodedata.normalize("NFKD", name[: -len(ending)]).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", ascii_name).strip("-")[:_NAME_CHARS].rstrip("-") or "batch"
    return f"{slug}-{hashlib.sha256(f'{bucket}/{key}'.encode()).hexdigest()[:_HASH_CHARS]}"


def batch_folder(batch_id: str) -> RunFolder:
    """The batch's folder; plans and results are always in the stack's bucket, wherever the pictures go."""
    return RunFolder(settings().bucket, PREFIX, batch_id)


def put_file(folder: RunFolder, name: str, file: IO[bytes], content_type: str) -> None:
    """Put an open file from its beginning, in parts where it is large.

    Raises:
        RecordError: S3 failed.
    """
    file.seek(0)
    try:
        s3().upload_fileobj(file, folder.bucket, folder.key(name), ExtraArgs={"ContentType": content_type})
    except (ClientError, BotoCoreError, Boto3Error) as error:
        raise RecordError(f"{folder.s3_uri(name)}: S3 did not write it ({error})") from error
