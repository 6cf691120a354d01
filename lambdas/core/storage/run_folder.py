"""The record of a run: its folder in S3, which is all that the functions know of each other.

Every key follows from (run, revision, attempt), so a function that is invoked again finds what it already paid for.

    {prefix}/{run_id}/request.json · requirements.json · r00/prompt.json · r00/a01/image-1.png · r00/a01/attempt.json ·
    r00/a01/verdict.json · r01/prompt.json · … · ledger/*.json · result.json · report.html
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import RecordError

REQUEST = "request.json"
REQUIREMENTS = "requirements.json"
RESULT = "result.json"
REPORT = "report.html"

_READERS = 8


def wording_folder(revision: int) -> str:
    """The folder of one wording of the prompt; revision 0 is the user's own."""
    return f"r{revision:02d}"


def attempt_folder(revision: int, attempt: int) -> str:
    """The folder of one attempt; attempts of a wording count from 1."""
    return f"{wording_folder(revision)}/a{attempt:02d}"


@dataclass(frozen=True)
class RunFolder:
    """One run's folder. Every method raises `RecordError` (retried by the state machine) when S3 fails."""

    bucket: str
    prefix: str
    run_id: str

    def key(self, name: str) -> str:
        """The S3 key of one record."""
        return f"{self.prefix}/{self.run_id}/{name}"

    def s3_uri(self, name: str) -> str:
        """The record's address, as the AWS CLI takes it."""
        return f"s3://{self.bucket}/{self.key(name)}"

    def read(self, name: str) -> bytes | None:
        """The record's bytes, or None when there is none."""
        try:
            return s3().get_object(Bucket=self.bucket, Key=self.key(name))["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise self._fault("read", name, error) from error
        except BotoCoreError as error:
            raise self._fault("read", name, error) from error

    def read_json(self, name: str) -> dict[str, Any] | None:
        """The record's object, or None when there is none."""
        body = self.read(name)
        if body is None:
            return None
        try:
            return cast(dict[str, Any], json.loads(body))
        except ValueError as error:
            raise RecordError(f"{self.s3_uri(name)}: is not JSON; delete it to have it made again ({error})") from None

    def need_json(self, name: str) -> dict[str, Any]:
        """The record's object; `RecordError` when there is none."""
        found = self.read_json(name)
        if found is None:
            raise RecordError(f"{self.s3_uri(name)}: is missing, though an earlier step wrote it")
        return found

    def read_many(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """The objects of those records that exist, by name."""
        with ThreadPoolExecutor(_READERS) as readers:
            return {name: found for name, found in zip(names, readers.map(self.read_json, names), strict=True) if found}

    def write(self, name: str, body: bytes, content_type: str) -> None:
        """Put the bytes as they are."""
        try:
            s3().put_object(Bucket=self.bucket, Key=self.key(name), Body=body, ContentType=content_type)
        except (ClientError, BotoCoreError) as error:
            raise self._fault("write", name, error) from error

    def write_json(self, name: str, document: dict[str, Any]) -> None:
        """Put the object as JSON that people can read, in UTF-8."""
        self.write(name, _json(document), "application/json")

    def claim(self, name: str, document: dict[str, Any]) -> bool:
        """Put the object unless the record exists; True when this call was the one that wrote it."""
        try:
            s3().put_object(
                Bucket=self.bucket,
                Key=self.key(name),
                Body=_json(document),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            # AWS: 412 when the key exists; 409 when another conditional write of it is under way, to be tried again.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
                return False
            raise self._fault("claim", name, error) from error
        except BotoCoreError as error:
            raise self._fault("claim", name, error) from error
        return True

    def names(self, under: str = "") -> list[str]:
        """The names of the records whose name begins with `under`, sorted."""
        start = self.key("")
        try:
            pages = s3().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.key(under))
            return [item["Key"].removeprefix(start) for page in pages for item in page.get("Contents", [])]
        except (ClientError, BotoCoreError) as error:
            raise self._fault("list", under, error) from error

    def _fault(self, verb: str, name: str, error: Exception) -> RecordError:
        return RecordError(f"{self.s3_uri(name)}: S3 did not {verb} it ({error})")


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
