"""The record of a run in S3: what is there, what is not, and S3's faults under one name."""

import io
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import attempt_folder, wording_folder
from lambdas.core.runtime.settings import Settings
from lambdas.core.storage import run_folder as record
from lambdas.core.storage.run_folder import RunFolder

FOLDER = RunFolder("pictures", "generated-images", "run-1")
KEY = {"Bucket": "pictures", "Key": "generated-images/run-1/x.json"}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("s3")
    monkeypatch.setattr(record, "s3", lambda: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def body(raw: bytes) -> dict[str, StreamingBody]:
    return {"Body": StreamingBody(io.BytesIO(raw), len(raw))}


def test_every_key_follows_from_run_revision_and_attempt() -> None:
    assert (wording_folder(0), wording_folder(12), attempt_folder(1, 3), attempt_folder(0, 130)) == (
        "r00",
        "r12",
        "r01/a03",
        "r00/a130",
    )
    assert FOLDER.key("r00/prompt.json") == "generated-images/run-1/r00/prompt.json"
    assert FOLDER.s3_uri("result.json") == "s3://pictures/generated-images/run-1/result.json"


@pytest.mark.parametrize(
    ("region", "s3_url", "url"),
    [
        ("us-west-2", "", "https://pictures.s3.us-west-2.amazonaws.com/"),
        ("cn-north-1", "", "https://pictures.s3.cn-north-1.amazonaws.com.cn/"),
        ("us-west-2", "http://127.0.0.1:4566", "http://127.0.0.1:4566/pictures/"),
    ],
)
def test_a_record_has_an_address_for_browsers(
    monkeypatch: pytest.MonkeyPatch, region: str, s3_url: str, url: str
) -> None:
    client = boto3.client("s3", region_name=region)
    monkeypatch.setattr(record, "s3", lambda: client)
    monkeypatch.setattr(record, "settings", lambda: Settings(bucket="pictures", s3_url=s3_url))
    assert FOLDER.url() == url
    assert FOLDER.url("r00/a01/ö.png") == f"{url}generated-images/run-1/r00/a01/%C3%B6.png"


def test_a_record_is_read_as_it_was_written(s3: Stubber) -> None:
    written = b'{\n  "prompt": "\xe6\x9c\x88 \xf0\x9f\xa7\x8a"\n}\n'
    s3.add_response("put_object", {}, {**KEY, "Body": written, "ContentType": "application/json"})
    s3.add_response("get_object", body(written), KEY)
    FOLDER.write_json("x.json", {"prompt": "月 🧊"})
    assert FOLDER.read_json("x.json") == {"prompt": "月 🧊"}


def test_a_record_that_is_not_there_is_none_unless_it_is_needed(s3: Stubber) -> None:
    for _ in range(3):
        s3.add_client_error("get_object", "NoSuchKey", http_status_code=404, expected_params=KEY)
    assert FOLDER.read("x.json") is None
    assert FOLDER.read_json("x.json") is None
    with pytest.raises(RecordError, match="s3://pictures/generated-images/run-1/x.json: is missing"):
        FOLDER.require_json("x.json")


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "AccessDenied", "NoSuchBucket"])
def test_every_other_fault_of_s3_is_a_record_error_that_names_the_record(s3: Stubber, code: str) -> None:
    for operation in ("get_object", "put_object", "list_objects_v2", "put_object"):
        s3.add_client_error(operation, code, "said S3", http_status_code=503)
    for verb, act in (
        ("read", lambda: FOLDER.read("x.json")),
        ("write", lambda: FOLDER.write("x.json", b"", "text/plain")),
        ("list", lambda: FOLDER.names("x.json")),
        ("claim", lambda: FOLDER.claim("x.json", {})),
    ):
        with pytest.raises(
            RecordError, match=f"^s3://pictures/generated-images/run-1/x.json: S3 did not {verb} it .*{code}"
        ):
            act()


def test_a_connection_that_fails_is_a_record_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> None:
        raise EndpointConnectionError(endpoint_url="https://s3")

    monkeypatch.setattr(record, "s3", unreachable)
    for act in (
        lambda: FOLDER.read("x"),
        lambda: FOLDER.write_json("x", {}),
        FOLDER.names,
        lambda: FOLDER.claim("x", {}),
    ):
        with pytest.raises(RecordError, match="https://s3"):
            act()


def test_only_the_first_claim_of_a_record_succeeds(s3: Stubber) -> None:
    claim = {**KEY, "Body": b"{}\n", "ContentType": "application/json", "IfNoneMatch": "*"}
    s3.add_response("put_object", {}, claim)
    s3.add_client_error("put_object", "PreconditionFailed", http_status_code=412, expected_params=claim)
    # AWS: another conditional write is under way, and who wins is not known yet.
    s3.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409, expected_params=claim)
    assert FOLDER.claim("x.json", {}) is True
    assert FOLDER.claim("x.json", {}) is False
    with pytest.raises(RecordError):
        FOLDER.claim("x.json", {})


def test_names_are_those_of_every_page_within_the_folder(s3: Stubber) -> None:
    asked = {"Bucket": "pictures", "Prefix": "generated-images/run-1/r0"}
    first = {
        "IsTruncated": True,
        "NextContinuationToken": "t",
        "Contents": [{"Key": "generated-images/run-1/r00/prompt.json"}],
    }
    s3.add_response("list_objects_v2", first, asked)
    s3.add_response(
        "list_objects_v2",
        {"IsTruncated": False, "Contents": [{"Key": "generated-images/run-1/r01/prompt.json"}]},
        {**asked, "ContinuationToken": "t"},
    )
    assert FOLDER.names("r0") == ["r00/prompt.json", "r01/prompt.json"]
    s3.add_response("list_objects_v2", {"IsTruncated": False}, {**asked, "Prefix": "generated-images/run-1/"})
    # The slash keeps another run out whose id begins the same.
    assert FOLDER.names() == []


def test_many_records_are_read_and_those_that_are_not_there_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"a": {"n": 1}, "c": {"n": 3}}
    monkeypatch.setattr(RunFolder, "read_json", lambda self, name: found.get(name))
    assert FOLDER.read_many(["a", "b", "c"]) == found
    assert FOLDER.read_many([]) == {}
