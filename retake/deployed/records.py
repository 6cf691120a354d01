"""The records of a run or a batch on a deployed stack: objects in S3."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lambdas.core.storage.run_folder import RunFolder
from retake.deployed.aws import StackError, errors_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# AWS: S3 rounds the time at which an object was written down to whole seconds.
_CLOCK_RESOLUTION = timedelta(seconds=1)


@dataclass(frozen=True)
class StackFolder(RunFolder):
    """The folder of a run or a batch in S3, read with the client of its stack.

    Raises:
        StackError: S3 failed, or refused; raised by every method that reads.
    """

    client: "S3Client | None" = None

    @property
    def s3(self) -> "S3Client":
        """The client."""
        assert self.client is not None  # noqa: S101 - a dataclass field after fields without defaults
        return self.client

    def has(self, name: str) -> bool:
        """Return whether the record exists."""
        return self.written_at(name) is not None

    def existed_at(self, name: str, moment: datetime) -> bool:
        """Return whether the record was written before that moment."""
        written_at = self.written_at(name)
        return written_at is not None and written_at + _CLOCK_RESOLUTION <= moment

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a record, or None if it does not exist."""
        try:
            with errors_of("s3", self.s3_uri(name)):
                return self.s3.get_object(Bucket=self.bucket, Key=self.key(name))["Body"].read()
        except StackError as error:
            if error.is_missing:
                return None
            raise

    def written_at(self, name: str) -> datetime | None:
        """Return when a record was written, or None if it does not exist."""
        try:
            with errors_of("s3", self.s3_uri(name)):
                return self.s3.head_object(Bucket=self.bucket, Key=self.key(name))["LastModified"]
        except StackError as error:
            # AWS: without s3:ListBucket, S3 answers 403 for a missing key. A caller who may not read gets the error from `read`.
            if error.is_missing or error.code == "AccessDenied":
                return None
            raise

    def names(self, under: str = "") -> list[str]:
        """Return the names of all records whose names begin with `under`, sorted."""
        start = self.key("")
        with errors_of("s3", self.s3_uri(under)):
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.key(under))
            return [item["Key"].removeprefix(start) for page in pages for item in page.get("Contents", [])]
