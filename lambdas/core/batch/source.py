"""Read the manifest and its defaults from S3 once. Later changes to the files have no effect."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.batch.manifest.manifest import parse_defaults
from lambdas.core.runtime.batch_paths import DEFAULTS_ENDING, ENDINGS
from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import InvalidRequestError, RecordError

# The plan of a file of this size fits into the function's 2 GB of temporary storage (infra/functions.py).
_MAX_BYTES = 150 * 1024 * 1024
_IN_MEMORY_BYTES = 4 * 1024 * 1024
_MAX_DEFAULTS_BYTES = 256 * 1024
_CHUNK_BYTES = 1024 * 1024


@contextmanager
def open_manifest(bucket: str, key: str) -> Iterator[tuple[IO[bytes], dict[str, Any]]]:
    """Yield the manifest in a temporary file, and the version of the object (`etag`, `size_bytes`).

    Raises:
        InvalidRequestError: there is no such object, or it is too large.
        RecordError: S3 failed.
    """
    found = _object(bucket, key)
    if found is None:
        raise InvalidRequestError(f"key: s3://{bucket}/{key} does not exist")
    size_bytes = found["ContentLength"]
    if size_bytes > _MAX_BYTES:
        raise InvalidRequestError(f"manifest: has {size_bytes:,} bytes; give at most {_MAX_BYTES:,}, in several files")
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
        try:
            shutil.copyfileobj(found["Body"], file, _CHUNK_BYTES)
        except (BotoCoreError, OSError) as error:
            raise RecordError(f"s3://{bucket}/{key}: S3 did not read it ({error})") from error
        file.seek(0)
        yield file, {"etag": found["ETag"].strip('"'), "size_bytes": size_bytes}


def read_defaults(bucket: str, key: str) -> dict[str, Any]:
    """Return the object in `NAME.defaults.json`, from the folder of the manifest `NAME.jsonl`; empty if there is no file.

    Raises:
        InvalidRequestError: the file holds no object.
        RecordError: S3 failed.
    """
    stem = next(key[: -len(ending)] for ending in ENDINGS if key.lower().endswith(ending))
    found = _object(bucket, stem + DEFAULTS_ENDING)
    if found is None:
        return {}
    if found["ContentLength"] > _MAX_DEFAULTS_BYTES:
        raise InvalidRequestError(f"defaults: the file has more than {_MAX_DEFAULTS_BYTES:,} bytes")
    return parse_defaults(found["Body"].read())


def _object(bucket: str, key: str) -> Any:
    try:
        return s3().get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return None
        raise RecordError(f"s3://{bucket}/{key}: S3 did not read it ({error})") from error
    except BotoCoreError as error:
        raise RecordError(f"s3://{bucket}/{key}: S3 did not read it ({error})") from error
