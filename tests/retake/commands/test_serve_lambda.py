"""`retake serve`: the AWS CLI invokes a single step, and a browser opens what a run wrote, as in AWS."""

import base64
import json
import re
import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.core.runtime.functions import FUNCTIONS
from tests.support.harnesses.command import Retake
from tests.support.harnesses.served_stack import ServedStack, serving

_EVENT: dict[str, Any] = {
    "event": {"prompt": "a red circle on a white background", "titan_img_seed": 2},
    "execution": {"name": "by-hand", "started_at": "2026-11-21T06:00:00Z"},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    """One server for all tests."""
    with serving(tmp_path_factory.mktemp("served")) as server:
        yield server


def invoke(served: ServedStack, event: Any, *options: str, name: str = "prepare") -> tuple[Any, Any]:
    """Run `aws lambda invoke` with a payload file, and return the CLI's answer and the payload."""
    (served.retake.folder / "payload.json").write_text(json.dumps(event), encoding="utf-8")
    answer = served.aws(
        "lambda", "invoke", "--function-name", name, "--payload", "fileb://payload.json", *options, "answer.json"
    )
    return answer, json.loads((served.retake.folder / "answer.json").read_text(encoding="utf-8") or "null")


def get(url: str, **headers: str) -> tuple[int, Any, bytes]:
    """Return the status, the headers and the body that a browser gets."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()


def test_invoke_when_its_payload_is_a_steps_event_then_the_answer_is_the_steps(served: ServedStack) -> None:
    answer, prepared = invoke(served, _EVENT, "--log-type", "Tail")

    log = base64.b64decode(answer.pop("LogResult")).decode().splitlines()
    assert answer == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
    assert (prepared["next"], prepared["run"]["run_id"]) == ("GENERATE", "by-hand")
    request_id = re.fullmatch(r"START RequestId: (\S+) Version: \$LATEST", log[0])
    assert request_id
    assert log[-1] == f"END RequestId: {request_id[1]}"
    (done,) = (line for line in map(json.loads, log[1:-1]) if line["message"] == "done")
    assert (done["function"], done["request_id"]) == ("prepare", request_id[1])


def test_invoke_when_the_function_raises_then_its_error_is_the_payload(served: ServedStack) -> None:
    bad = {**_EVENT, "event": {"prompt": ""}}

    answer, error = invoke(served, bad, name="arn:aws:lambda:us-east-1:123456789012:function:prepare:$LATEST")

    assert answer == {"StatusCode": 200, "FunctionError": "Unhandled", "ExecutedVersion": "$LATEST"}
    assert error["errorType"] == "InvalidRequestError"
    assert error["errorMessage"].startswith("prompt: ")
    assert any("prepare/handler.py" in frame for frame in error["stackTrace"])


def test_invoke_when_it_is_an_event_then_it_runs_later_and_a_dry_run_runs_nothing(served: ServedStack) -> None:
    for kind, status in (("Event", 202), ("DryRun", 204)):
        event = {**_EVENT, "execution": {**_EVENT["execution"], "name": f"run-{kind}"}}
        answer, payload = invoke(served, event, "--invocation-type", kind)
        assert (answer, payload) == ({"StatusCode": status}, None)

    served.wait_for(lambda: "generated-images/run-Event/request.json" in keys(served))
    assert not any("run-DryRun" in key for key in keys(served))


def keys(served: ServedStack) -> list[str]:
    """Return the keys of the bucket."""
    listed = served.client("s3").list_objects_v2(Bucket=served.bucket.removeprefix("s3://"))
    return [entry["Key"] for entry in listed.get("Contents", [])]


@pytest.mark.parametrize(
    ("name", "payload", "error"),
    [
        ("none", "{}", "(ResourceNotFoundException) when calling the Invoke operation: Function not found: arn:aws:"),
        ("prepare", "{", "(InvalidRequestContentException) when calling the Invoke operation: Could not parse request"),
    ],
)
def test_invoke_when_the_call_is_invalid_then_it_is_refused_as_in_aws(
    served: ServedStack, name: str, payload: str, error: str
) -> None:
    (served.retake.folder / "bad.json").write_text(payload, encoding="utf-8")
    refused = served.run_aws(
        "lambda", "invoke", "--function-name", name, "--payload", "fileb://bad.json", "answer.json"
    )

    assert error in refused.stderr.decode()


def test_functions_when_listed_then_they_have_the_names_times_and_sizes_of_the_table(served: ServedStack) -> None:
    listed = served.aws("lambda", "list-functions")["Functions"]
    found = served.aws("lambda", "get-function-configuration", "--function-name", "generate")

    assert {function["FunctionName"] for function in listed} == FUNCTIONS.keys()
    assert (found["Timeout"], found["MemorySize"]) == (FUNCTIONS["generate"].timeout_s, FUNCTIONS["generate"].memory_mb)
    assert found["Environment"]["Variables"]["RETAKE_BUCKET"] == served.bucket.removeprefix("s3://")


@pytest.fixture(scope="module")
def result(served: ServedStack) -> dict[str, Any]:
    """The result of an accepted run."""
    event = {"prompt": "a red circle", "titan_img_seed": 2, "output_s3_key_prefix": "Bilder/täglich"}
    started = served.client("stepfunctions").start_execution(
        stateMachineArn=served.environment["RETAKE_LOOP"], name="seen", input=json.dumps(event)
    )
    found: dict[str, Any] = json.loads(served.wait_for_end(started["executionArn"])["output"])
    return found


def test_addresses_when_opened_in_a_browser_then_report_and_picture_are_shown(
    served: ServedStack, result: dict[str, Any]
) -> None:
    endpoint = served.environment["AWS_ENDPOINT_URL"]
    status, headers, report = get(result["report_url"])
    # As `curl -I` asks.
    with urllib.request.urlopen(urllib.request.Request(result["report_url"], method="HEAD")) as head:
        assert (head.status, head.headers.get_content_type()) == (200, "text/html")
    pictures = re.findall(r'(?:src|href)="([^":]+\.png)"', report.decode())

    assert result["report_url"].startswith(f"{endpoint}/retake-local/Bilder/t%C3%A4glich/seen/report.html")
    assert (status, headers.get_content_type(), headers["Content-Disposition"]) == (200, "text/html", None)
    assert pictures
    for address in (
        result["output_s3_object_url"],
        *(urllib.parse.urljoin(result["report_url"], at) for at in pictures),
    ):
        status, headers, body = get(address)
        assert (status, headers.get_content_type(), body[:4]) == (200, "image/png", b"\x89PNG")
    served.wait_for_text(result["report_url"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "iframe"}, 403),
    ],
)
def test_addresses_when_a_page_of_another_site_embeds_them_then_refused(
    result: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    assert get(result["output_s3_object_url"], **headers)[0] == status


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("{picture}?X-Amz-Signature=0&X-Amz-Algorithm=AWS4-HMAC-SHA256", {}, 200),
        ("{picture}?X-Amz-Algorithm=AWS4-HMAC-SHA256", {}, 403),
        ("{picture}?X-Amz-Signature=0", {"Sec-Fetch-Dest": "iframe"}, 403),
        ("{endpoint}/?X-Amz-Signature=0&Action=ListQueues&Version=2012-11-05", {}, 403),
        ("{endpoint}/?X-Amz-Signature=0&%41ction=ListQueues&Version=2012-11-05", {}, 403),
        ("{endpoint}/retake-locally/a.png?X-Amz-Signature=0", {}, 403),
    ],
)
def test_addresses_when_a_page_of_another_site_shows_a_picture_then_only_from_the_bucket_and_signed(
    served: ServedStack, result: dict[str, Any], address: str, headers: dict[str, str], status: int
) -> None:
    at = address.format(picture=result["output_s3_object_url"], endpoint=served.environment["AWS_ENDPOINT_URL"])

    assert get(at, **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image", **headers})[0] == status


def test_addresses_when_the_data_come_from_an_earlier_server_then_they_still_open(retake: Retake) -> None:
    first = ServedStack(retake, "--data", "kept")
    first.upload("<p>kept</p>", "a/report.html")
    assert first.stop(signal.SIGTERM) == 0

    again = ServedStack(retake, "--data", "kept")
    status, headers, body = get(f"{again.environment['AWS_ENDPOINT_URL']}/retake-local/a/report.html")

    assert (status, headers.get_content_type(), body) == (200, "text/html", b"<p>kept</p>")
    assert again.stop() == 0
