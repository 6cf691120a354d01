"""Write a training set to a folder or to S3. What is there already is left as it is, so writing again costs little."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lambdas.core.runtime.records import split_s3_uri
from retake.customization.training_set import IMAGES, MANIFEST, TrainingSet
from retake.deployed.aws import Aws, StackError, errors_of
from retake.view.errors import BadInputError

S3 = "s3://"
_CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png"}

Progress = Callable[[int, int, int], object]
"""The pictures that are done, all pictures, and the bytes written so far."""


def write_to_folder(training_set: TrainingSet, folder: Path, progress: Progress) -> int:
    """Write the pictures, then the manifest. Return the number of pictures that were not there yet.

    Raises:
        BadInputError: the folder cannot be written.
    """
    written = size_bytes = 0
    try:
        (folder / IMAGES).mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(training_set.pictures, 1):
            path = folder / IMAGES / picture.file_name
            if not path.exists() or path.stat().st_size != picture.size_bytes:
                _write(path, picture.candidate.read())
                written, size_bytes = written + 1, size_bytes + picture.size_bytes
            progress(number, len(training_set.pictures), size_bytes)
        _write(folder / MANIFEST, training_set.manifest(""))
    except OSError as error:
        raise BadInputError(f"--out {folder}: cannot be written ({error.strerror or error})") from None
    return written


def write_to_s3(training_set: TrainingSet, address: str, aws: Aws, progress: Progress) -> int:
    """Upload the pictures, then the manifest. Return the number of pictures that were not there yet.

    Raises:
        StackError: S3 failed, or refused.
    """
    bucket, prefix = parse_s3(address, "--out")
    written = size_bytes = 0
    for number, picture in enumerate(training_set.pictures, 1):
        key = f"{prefix}{IMAGES}/{picture.file_name}"
        if not _is_there(aws.s3, bucket, key, picture.size_bytes):
            put(aws.s3, bucket, key, picture.candidate.read(), _CONTENT_TYPES[picture.ending])
            written, size_bytes = written + 1, size_bytes + picture.size_bytes
        progress(number, len(training_set.pictures), size_bytes)
    put(aws.s3, bucket, prefix + MANIFEST, training_set.manifest(f"{S3}{bucket}/{prefix}"), "application/jsonl")
    return written


def parse_s3(address: str, option: str) -> tuple[str, str]:
    """Return the bucket and the prefix of an address; the prefix is empty or ends with a slash.

    Raises:
        BadInputError: it is not the address of a bucket or a folder.
    """
    bucket, prefix = split_s3_uri(address)
    prefix = prefix.strip("/")
    if not address.startswith(S3) or not bucket or ".." in prefix.split("/"):
        raise BadInputError(f"{option} {address}: is not an S3 address; give one such as s3://BUCKET/customization/ron")
    return bucket, f"{prefix}/" if prefix else ""


def put(client: Any, bucket: str, key: str, body: bytes, content_type: str) -> None:
    """Write an object.

    Raises:
        StackError: S3 failed, or refused.
    """
    with errors_of("s3", f"{S3}{bucket}/{key}"):
        client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)


def _is_there(client: Any, bucket: str, key: str, size_bytes: int) -> bool:
    # The name follows from the content, so an object of the same size is the same picture.
    try:
        with errors_of("s3", f"{S3}{bucket}/{key}"):
            return bool(client.head_object(Bucket=bucket, Key=key)["ContentLength"] == size_bytes)
    except StackError as error:
        # AWS: without s3:ListBucket, S3 answers 403 for a missing key.
        if error.code in ("404", "NoSuchKey", "AccessDenied"):
            return False
        raise


def _write(path: Path, body: bytes) -> None:
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(body)
    partial.replace(path)
