"""Shortcuts for the functions' most frequent requests: boto3 calls moto's backends directly, without HTTP."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
from botocore.response import StreamingBody
from botocore.validate import ParamValidator
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.s3.models import S3Backend, s3_backends

from retake.emulator.environment import REGION

# AWS: the most keys that a page of a listing has.
_PAGE_KEYS = 1_000


class _RefusedError(Exception):
    """moto's answer to the request is an error."""

    def __init__(self, status: int, error: dict[str, str]) -> None:
        super().__init__(error["Code"])
        self.status = status
        self.error = error


@contextmanager
def patch_clients() -> Iterator[None]:
    """Inside the block, let boto3's clients call moto's backends directly for the operations in `_SHORTCUTS`.

    boto3's checks of names and types still apply. A request with any other parameter, or one that fails for any other
    reason than a missing key, is sent to moto in the normal way.
    """
    # moto: has each request signed, written, matched, parsed and serialised as if it went over a wire, for 3 to 8 ms of
    # processor time; an item of a batch makes about 60.
    with patch.object(BaseClient, "_make_api_call", _try_shortcut(getattr(BaseClient, "_make_api_call"))):  # noqa: B009
        yield


def _try_shortcut(original: Callable[..., Any]) -> Callable[..., Any]:
    validator = ParamValidator()

    def make_api_call(client: Any, operation: str, given: dict[str, Any]) -> Any:
        shortcut = _SHORTCUTS.get((client.meta.service_model.service_name, operation))
        if shortcut is None:
            return original(client, operation, given)
        shape = client.meta.service_model.operation_model(operation).input_shape
        report = validator.validate(given, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        try:
            answer = shortcut(given)
        except _RefusedError as refused:
            error_class = client.exceptions.from_code(refused.error["Code"])
            raise error_class(_add_metadata({"Error": refused.error}, refused.status), operation) from None
        return original(client, operation, given) if answer is None else _add_metadata(answer, 200)

    return make_api_call


def _add_metadata(answer: dict[str, Any], status: int) -> dict[str, Any]:
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0, "RequestId": "local"}
    return {**answer, "ResponseMetadata": metadata}


def _s3(bucket: str) -> S3Backend | None:
    backend: S3Backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    return backend if bucket in backend.buckets else None


def _get_object(given: dict[str, Any]) -> dict[str, Any] | None:
    backend = _s3(given["Bucket"])
    if given.keys() != {"Bucket", "Key"} or backend is None:
        return None
    key = backend.get_object(given["Bucket"], given["Key"])
    if key is None:
        error = {"Code": "NoSuchKey", "Message": "The specified key does not exist.", "Key": given["Key"]}
        raise _RefusedError(404, error)
    body = key.value
    return {
        "Body": StreamingBody(io.BytesIO(body), len(body)),
        "ContentLength": len(body),
        "ContentType": key.metadata.get("Content-Type", "binary/octet-stream"),
        "ETag": key.etag,
        "LastModified": key.last_modified,
        "Metadata": {},
    }


def _put_object(given: dict[str, Any]) -> dict[str, Any] | None:
    backend = _s3(given["Bucket"])
    if given.keys() != {"Bucket", "Key", "Body", "ContentType"} or backend is None:
        return None
    if not isinstance(given["Body"], bytes):
        return None
    key = backend.put_object(given["Bucket"], given["Key"], given["Body"])
    key.set_metadata({"Content-Type": given["ContentType"]})
    return {"ETag": key.etag}


def _list_objects(given: dict[str, Any]) -> dict[str, Any] | None:
    backend = _s3(given["Bucket"])
    if given.keys() != {"Bucket", "Prefix"} or backend is None:
        return None
    keys, *_ = backend.list_objects(backend.get_bucket(given["Bucket"]), given["Prefix"], None, None, None)
    if len(keys) > _PAGE_KEYS:
        return None
    contents = [
        {"Key": key.name, "Size": key.size, "ETag": key.etag, "LastModified": key.last_modified} for key in keys
    ]
    page = {"Name": given["Bucket"], "Prefix": given["Prefix"], "KeyCount": len(keys), "IsTruncated": False}
    return {**page, **({"Contents": contents} if contents else {})}


def _get_item(given: dict[str, Any]) -> dict[str, Any] | None:
    if given.keys() != {"TableName", "Key", "ConsistentRead"}:
        return None
    try:
        item = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_item(given["TableName"], given["Key"])
    except Exception:  # noqa: BLE001 - None sends it the normal way, which answers with AWS's own error
        return None
    found: dict[str, Any] = dynamo_to_dict(item.describe_attrs()) if item else {}
    return found


def _write_as_transaction(operation: str) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def write(given: dict[str, Any]) -> dict[str, Any] | None:
        # A transaction cannot return attributes.
        return None if "ReturnValues" in given else _transact_write_items({"TransactItems": [{operation: given}]})

    return write


def _transact_write_items(given: dict[str, Any]) -> dict[str, Any] | None:
    if given.keys() != {"TransactItems"}:
        return None
    try:
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].transact_write_items(given["TransactItems"])
    except Exception:  # noqa: BLE001 - nothing was changed; the normal way answers with AWS's own error
        return None
    return {}


# Each takes the request's parameters. It returns the answer, or None to send the request in the normal way.
_SHORTCUTS: dict[tuple[str, str], Callable[[dict[str, Any]], dict[str, Any] | None]] = {
    ("s3", "GetObject"): _get_object,
    ("s3", "PutObject"): _put_object,
    ("s3", "ListObjectsV2"): _list_objects,
    ("dynamodb", "GetItem"): _get_item,
    ("dynamodb", "PutItem"): _write_as_transaction("Put"),
    ("dynamodb", "UpdateItem"): _write_as_transaction("Update"),
    ("dynamodb", "TransactWriteItems"): _transact_write_items,
}
