"""A run's records in S3."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from retake.deployed.aws import StackError, errors_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# AWS: S3 tells when an object was written in whole seconds, rounded down.
_CLOCK = timedelta(seconds=1)
# AWS: a caller without s3:ListBucket is answered 403 for what is not there. Who may not read at all learns it by `read`.
_MISSING = ("NoSuchKey", "404", "AccessDenied")


class S3Records:
    """The objects under one prefix: a run's folder, or a batch's."""

    def __init__(self, client: "S3Client", bucket: str, folder: str) -> None:
        self._client = client
        self._bucket = bucket
        self._folder = folder

    def has(self, name: str) -> bool:
        """Whether there is such a record."""
        return self._written_at(name) is not None

    def was_there(self, name: str, at: datetime) -> bool:
        """Whether the record had been written before that moment."""
        written_at = self._written_at(name)
        return written_at is not None and written_at + _CLOCK <= at

    def read(self, name: str) -> dict[str, Any]:
        """The record's object.

        Raises:
            StackError: S3 does not give it.
        """
        with errors_of("s3", self.uri(name)):
            body = self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"].read()
        return cast(dict[str, Any], json.loads(body))

    def uri(self, name: str) -> str:
        """The record's address."""
        return f"s3://{self._bucket}/{self._key(name)}"

    @property
    def folder_uri(self) -> str:
        """The folder's address."""
        return f"s3://{self._bucket}/{self._folder}"

    def _key(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def _written_at(self, name: str) -> datetime | None:
        try:
            with errors_of("s3", self.uri(name)):
                return self._client.head_object(Bucket=self._bucket, Key=self._key(name))["LastModified"]
        except StackError as error:
            if error.code in _MISSING:
                return None
            raise
