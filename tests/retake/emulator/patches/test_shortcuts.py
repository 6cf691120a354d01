"""A request gets the same answer by a shortcut as over HTTP."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError

from retake.emulator.batch_table import TABLE, create_batch_table
from retake.emulator.cloud import LocalCloud

BUCKET = "retake-local"


@pytest.fixture(params=["shortcut", "http"])
def route(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Every test runs twice: with the shortcuts, and without."""
    with LocalCloud(
        tmp_path,
        bedrock_url="http://127.0.0.1:9",
        shortcuts=request.param == "shortcut",
        handler_of=lambda name: lambda event, context: {},
    ):
        create_batch_table()
        yield request.param


def client(service: str) -> Any:
    made: Any = boto3.client(service)  # type: ignore[call-overload]
    return made


def entry(name: str) -> dict[str, Any]:
    found = client("dynamodb").get_item(TableName=TABLE, Key={"id": {"S": name}}, ConsistentRead=True)
    item: dict[str, Any] = found.get("Item", {})
    return item


def add(name: str, amount: str, **more: Any) -> None:
    client("dynamodb").update_item(
        TableName=TABLE,
        Key={"id": {"S": name}},
        UpdateExpression="SET expires_at = :when ADD spent_usd :more",
        ExpressionAttributeValues={":when": {"N": "7"}, ":more": {"N": amount}},
        **more,
    )


def test_an_object_is_read_as_it_was_put(route: str) -> None:
    s3 = client("s3")
    put = s3.put_object(Bucket=BUCKET, Key="a/ü +%20.json", Body=b"{}", ContentType="application/json")
    got = s3.get_object(Bucket=BUCKET, Key="a/ü +%20.json")
    assert (got["Body"].read(), got["ContentLength"], got["ContentType"]) == (b"{}", 2, "application/json")
    assert put["ETag"] == got["ETag"]
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_key_that_is_not_there_is_an_error_with_its_code_and_status(route: str) -> None:
    s3 = client("s3")
    with pytest.raises(s3.exceptions.NoSuchKey) as caught:
        s3.get_object(Bucket=BUCKET, Key="none")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_object(Bucket="another", Key="none")


def test_what_boto3_would_refuse_is_refused(route: str) -> None:
    with pytest.raises(ParamValidationError):
        client("s3").get_object(Bucket=BUCKET, Kye="a")
    with pytest.raises(ParamValidationError):
        client("dynamodb").get_item(TableName=TABLE, Key={"id": "a"}, ConsistentRead=True)


def test_a_second_conditional_put_is_refused(route: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=BUCKET, Key="claim", Body=b"1", ContentType="text/plain", IfNoneMatch="*")
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=BUCKET, Key="claim", Body=b"2", ContentType="text/plain", IfNoneMatch="*")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412


def test_a_listing_has_what_lies_under_the_prefix_in_order(route: str) -> None:
    s3 = client("s3")
    for key in ("a/2 ü%", "a/1", "b/1", "a/3", "a/1"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"..", ContentType="text/plain")
    s3.delete_object(Bucket=BUCKET, Key="a/3")
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="a/"))
    assert [(item["Key"], item["Size"]) for page in pages for item in page["Contents"]] == [("a/1", 2), ("a/2 ü%", 2)]
    assert [item["Key"] for item in s3.list_objects(Bucket=BUCKET, Prefix="a/")["Contents"]] == ["a/1", "a/2 ü%"]
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix="c/")


def test_a_long_listing_has_several_pages(route: str) -> None:
    s3 = client("s3")
    with ThreadPoolExecutor(4) as threads:
        keys = [f"long/{number:04}" for number in range(1_005)]
        list(threads.map(lambda key: s3.put_object(Bucket=BUCKET, Key=key, Body=b"", ContentType="text/plain"), keys))
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="long/"))
    assert [len(page["Contents"]) for page in pages] == [1_000, 5]


def test_an_update_sets_and_adds_the_first_time_and_after(route: str) -> None:
    for _ in range(3):
        add("a", "0.100000000")
    assert {name: value for name, value in entry("a").items() if name != "spent_usd"} == {
        "id": {"S": "a"},
        "expires_at": {"N": "7"},
    }
    assert float(entry("a")["spent_usd"]["N"]) == pytest.approx(0.3)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        add("a", "1", ConditionExpression="attribute_not_exists(id)")
    assert entry("none") == {}


def test_a_transaction_that_fails_changes_nothing_and_says_which_part_failed(route: str) -> None:
    add("counter", "5")
    with pytest.raises(ClientError) as caught:
        transact("run", "1", limit="4")
    reasons = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert entry("run") == {}
    assert float(entry("counter")["spent_usd"]["N"]) == 5


def test_transactions_of_many_threads_never_lose_one_another(route: str) -> None:
    add("counter", "0")
    refused, lock = 0, threading.Lock()

    def one(number: int) -> None:
        nonlocal refused
        try:
            transact(f"run-{number}", "1", limit="29")
        except ClientError:
            with lock:
                refused += 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(40)))
    assert (float(entry("counter")["spent_usd"]["N"]), refused) == (30, 10)
    assert sum(bool(entry(f"run-{number}")) for number in range(40)) == 30


def transact(run: str, amount: str, limit: str) -> None:
    client("dynamodb").transact_write_items(
        TransactItems=[
            {"Put": {"TableName": TABLE, "Item": {"id": {"S": run}}}},
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": {"id": {"S": "counter"}},
                    "UpdateExpression": "SET expires_at = :when ADD spent_usd :more",
                    "ConditionExpression": "spent_usd <= :limit",
                    "ExpressionAttributeValues": {
                        ":when": {"N": "7"},
                        ":more": {"N": amount},
                        ":limit": {"N": limit},
                    },
                }
            },
        ]
    )
