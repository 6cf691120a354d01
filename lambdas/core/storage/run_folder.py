"""The run's folder in S3. The functions pass their work to each other through it.

A key depends only on the run, the revision and the attempt, so a function that is invoked again finds what it already
paid for.

    {prefix}/{run_id}/request.json · requirements.json · r00/prompt.json · r00/a01/image-1.png · r00/a01/attempt.json ·
    r00/a01/verdict.json · r01/prompt.json · … · ledger/*.json · result.json · report.html ·
    thumbnail.jpg (of an item of a batch)
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import parse_record
from lambdas.core.runtime.settings import settings

_READERS = 8


@dataclass(frozen=True)
class RunFolder:
    """One run's folder.

    A record's name is its key relative to the folder: "r00/a01/attempt.json".

    Raises:
        RecordError: S3 failed; raised by every method that reads or writes (retried by the state machine).
    """

    bucket: str
    prefix: str
    run_id: str

    def key(self, name: str) -> str:
        """Return the S3 key of a record."""
        return f"{self.prefix}/{self.run_id}/{name}"

    def url(self, name: str = "") -> str:
        """Return the record's https address, or the bucket's without a name."""
        return object_url(self.bucket, self.key(name) if name else "")

    def s3_uri(self, name: str) -> str:
        """Return the `s3://` address of a record."""
        return f"s3://{self.bucket}/{self.key(name)}"

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a record, or None if it does not exist."""
        try:
            return s3().get_object(Bucket=self.bucket, Key=self.key(name))["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise self._fault("read", name, error) from error
        except BotoCoreError as error:
            raise self._fault("read", name, error) from error

    def require(self, name: str) -> bytes:
        """Return the bytes of a record; raise `RecordError` if the record does not exist."""
        body = self.read(name)
        if body is None:
            raise RecordError(f"{self.s3_uri(name)}: is missing, though an earlier step wrote it")
        return body

    def read_json(self, name: str) -> dict[str, Any] | None:
        """Return the object in a JSON record, or None if the record does not exist.

        Raises:
            CorruptRecordError: the record is not JSON, or lacks fields that its step wrote (never retried).
        """
        body = self.read(name)
        return None if body is None else parse_record(self.s3_uri(name), body, name)

    def require_json(self, name: str) -> dict[str, Any]:
        """Return the object in a JSON record; raise `RecordError` if the record does not exist."""
        return parse_record(self.s3_uri(name), self.require(name), name)

    def read_many(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """Return the objects in JSON records by name, without the records that do not exist."""
        with ThreadPoolExecutor(_READERS) as readers:
            found = zip(names, readers.map(self.read_json, names), strict=True)
            return {name: document for name, document in found if document is not None}

    def write(self, name: str, body: bytes, content_type: str) -> None:
        """Write the bytes of a record, unchanged."""
        try:
            s3().put_object(Bucket=self.bucket, Key=self.key(name), Body=body, ContentType=content_type)
        except (ClientError, BotoCoreError) as error:
            raise self._fault("write", name, error) from error

    def write_json(self, name: str, document: dict[str, Any]) -> None:
        """Write an object as indented JSON, in UTF-8."""
        self.write(name, _json(document), "application/json")

    def claim(self, name: str, document: dict[str, Any]) -> bool:
        """Write an object unless the record exists. Return whether this call wrote it."""
        try:
            s3().put_object(
                Bucket=self.bucket,
                Key=self.key(name),
                Body=_json(document),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            # AWS: 412 means that the key exists. 409 means that another conditional write of it is in progress: retry.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
                return False
            raise self._fault("claim", name, error) from error
        except BotoCoreError as error:
            raise self._fault("claim", name, error) from error
        return True

    def names(self, under: str = "") -> list[str]:
        """Return the names of all records whose names begin with `under`, sorted."""
        start = self.key("")
        try:
            pages = s3().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.key(under))
            return [item["Key"].removeprefix(start) for page in pages for item in page.get("Contents", [])]
        except (ClientError, BotoCoreError) as error:
            raise self._fault("list", under, error) from error

    def _fault(self, verb: str, name: str, error: Exception) -> RecordError:
        return RecordError(f"{self.s3_uri(name)}: S3 did not {verb} it ({error})")


def object_url(bucket: str, key: str) -> str:
    """Return the https address of an object; under `retake serve`, its address at the endpoint."""
    if url := settings().s3_url:
        # The host names of `retake serve` need not resolve with a bucket in front.
        bucket_url = f"{url}/{bucket}"
    else:
        meta = s3().meta
        domain = "amazonaws.com.cn" if meta.partition == "aws-cn" else "amazonaws.com"
        bucket_url = f"https://{bucket}.s3.{meta.region_name}.{domain}"
    return f"{bucket_url}/{quote(key)}"


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
