"""The records of a run: their names in its folder, and how one is read, here and in S3 alike. Without boto3."""

import json
from typing import Any

from lambdas.core.runtime.errors import CorruptRecordError
from lambdas.core.runtime.record_shapes import find_invalid_field

REQUEST = "request.json"
REQUIREMENTS = "requirements.json"
RESULT = "result.json"
REPORT = "report.html"
LEDGER_FOLDER = "ledger/"
THUMBNAIL = "thumbnail.jpg"
"""The chosen picture of a batch's item, made small for the batch sheet."""

_ADVICE = "delete it and start again: it is made again, and everything else is reused"


def wording_folder(revision: int) -> str:
    """Return the folder of one wording of the prompt. Revision 0 is the user's own."""
    return f"r{revision:02d}"


def attempt_folder(revision: int, attempt: int) -> str:
    """Return the folder of one attempt. Attempts at a wording count from 1."""
    return f"{wording_folder(revision)}/a{attempt:02d}"


def parse_record(place: str, body: bytes, name: str = "") -> dict[str, Any]:
    """Return the object in a JSON record.

    place: the path or address of the record, for the message.
    name: its name in the folder of its run or batch, by which its fields are checked; without it, they are not.

    Raises:
        CorruptRecordError: the record is not JSON, or lacks fields that its step wrote (never retried).
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CorruptRecordError(f"{place}: is not JSON ({error}); {_ADVICE}") from None
    if not isinstance(found, dict):
        raise CorruptRecordError(f"{place}: is not a JSON object; {_ADVICE}")
    if field := find_invalid_field(name, found):
        raise CorruptRecordError(f"{place}: the field {field} is missing or invalid; {_ADVICE}")
    return found


def split_s3_uri(uri: str) -> tuple[str, str]:
    """Return the bucket and the key in an `s3://` address."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def folder_of(record_uri: str) -> tuple[str, str, str]:
    """Return the bucket, the prefix and the run id of a record that is in no subfolder, such as `RESULT`."""
    bucket, key = split_s3_uri(record_uri)
    folder = key.rpartition("/")[0]
    prefix, _, run_id = folder.rpartition("/")
    return bucket, prefix, run_id
