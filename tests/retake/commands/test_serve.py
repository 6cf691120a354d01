"""`retake serve`: the AWS CLI works with it as with a deployed stack."""

import csv
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.harnesses.command import Retake
from tests.support.harnesses.served_stack import ServedStack, serving

_LINE = json.dumps({"prompt": "a red circle on a white background", "titan_img_seed": 2})
_SCHEDULE = {
    "name": "morning",
    "expression": "cron(0 6 * * ? *)",
    "time_zone": "Asia/Tokyo",
    "event_file": "events/simple-en.json",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    """One server for all tests that do not affect each other."""
    place = tmp_path_factory.mktemp("served")
    cdk_json = place / "cdk.json"
    cdk_json.write_text(json.dumps({"context": {"retake:schedules": [_SCHEDULE]}}), encoding="utf-8")
    with serving(place, "--settings", str(cdk_json)) as server:
        yield server


def test_start_execution_when_unnamed_twice_then_two_runs_are_described_with_history_and_pictures(
    served: ServedStack,
) -> None:
    arns = [
        served.aws(
            "stepfunctions",
            "start-execution",
            "--state-machine-arn",
            served.environment["RETAKE_LOOP"],
            "--input",
            _LINE,
        )["executionArn"]
        for _ in range(2)
    ]

    assert len(set(arns)) == 2
    for arn in arns:
        found = served.wait_for_end(arn)
        result = json.loads(found["output"])
        assert (found["status"], result["status"]) == ("SUCCEEDED", "ACCEPTED")
        assert result["run_id"] == found["name"]
    history = served.aws("stepfunctions", "get-execution-history", "--execution-arn", arns[0])["events"]
    entered = [event["stateEnteredEventDetails"]["name"] for event in history if event["type"] == "TaskStateEntered"]
    assert entered == ["Prepare", "Generate image", "Validate image", "Conclude"]
    assert history[-1]["type"] == "ExecutionSucceeded"
    served.aws("s3", "cp", result["image"]["s3_uri"], "picture.png")
    assert (served.retake.folder / "picture.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--name", "b a/d", "--input", _LINE), b"(InvalidName)"),
        (("--input", "no JSON"), b"(InvalidExecutionInput)"),
        (("--input", "file://large.json"), b"(InvalidExecutionInput)"),
    ],
)
def test_start_execution_when_the_call_is_invalid_then_it_is_refused_as_in_aws(
    served: ServedStack, arguments: tuple[str, ...], error: bytes
) -> None:
    machine = ("--state-machine-arn", served.environment["RETAKE_LOOP"])
    (served.retake.folder / "large.json").write_text(json.dumps({"prompt": "x" * 256 * 1024}), encoding="utf-8")

    assert error in served.run_aws("stepfunctions", "start-execution", *machine, *arguments).stderr


def test_start_execution_when_not_accepted_then_it_failed_with_the_result_as_its_cause(served: ServedStack) -> None:
    event = {"prompt": "a red circle", "requirements": ["a blue square"], "max_retry_attempts": 1}
    event["max_prompt_revisions"] = 0
    started = served.aws(
        "stepfunctions",
        "start-execution",
        "--state-machine-arn",
        served.environment["RETAKE_LOOP"],
        "--input",
        json.dumps(event),
    )

    found = served.wait_for_end(started["executionArn"])

    assert (found["status"], found["error"]) == ("FAILED", "RunExhausted")
    assert json.loads(found["cause"])["status"] == "EXHAUSTED"


@pytest.mark.parametrize("name", ["prompts.jsonl", "zwei Wörter + ein Plus.jsonl"])
def test_upload_when_it_is_a_manifest_then_its_batch_runs_once(served: ServedStack, name: str) -> None:
    before = served.executions("RETAKE_BATCH")
    (served.retake.folder / name).write_text(_LINE + "\n", encoding="utf-8")

    # From a file, not from a pipe, as people upload.
    served.aws("s3", "cp", name, f"{served.bucket}/batches/")

    (execution,) = (arn for arn in served.executions("RETAKE_BATCH") if arn not in before)
    found = served.wait_for_end(execution)
    asked, summary = json.loads(found["input"]), json.loads(found["output"])
    assert (asked["bucket"], asked["key"]) == (served.bucket.removeprefix("s3://"), f"batches/{name}")
    assert (summary["status"], summary["accepted"]) == ("ACCEPTED", 1)
    assert summary["report_url"].startswith(served.environment["AWS_ENDPOINT_URL"] + "/retake-local/batch/")
    with urllib.request.urlopen(summary["report_url"]) as report:
        assert report.headers.get_content_type() == "text/html"
    table = served.aws("s3", "cp", f"{served.bucket}/batch/{summary['batch_id']}/results.csv", "-")
    [row] = csv.DictReader(table.splitlines())
    assert (row["status"], row["report"].startswith(served.environment["AWS_ENDPOINT_URL"])) == ("ACCEPTED", True)
    with urllib.request.urlopen(row["picture"]) as picture:
        assert picture.headers.get_content_type() == "image/png"


def test_upload_when_it_is_not_a_manifest_then_nothing_starts(served: ServedStack) -> None:
    before = len(served.executions("RETAKE_BATCH"))

    for key in ("batches/posters.defaults.json", "batches/posters.txt", "posters.jsonl", "batch/x/plan/items.json"):
        served.upload('{"max_concurrency": 1}', key)

    assert len(served.executions("RETAKE_BATCH")) == before


def test_upload_when_repeated_then_it_is_another_delivery_and_nothing_is_paid_twice(served: ServedStack) -> None:
    summaries = []
    for _ in range(2):
        before = served.executions("RETAKE_BATCH")
        served.upload(_LINE, "batches/again.jsonl")
        (execution,) = (arn for arn in served.executions("RETAKE_BATCH") if arn not in before)
        summaries.append(json.loads(served.wait_for_end(execution)["output"]))

    first, again = summaries
    assert (first["status"], again["status"]) == ("ACCEPTED", "ACCEPTED")
    assert first["execution"] != again["execution"]
    assert first["cost"] == again["cost"]


def test_upload_when_sent_in_parts_then_it_is_one_manifest(served: ServedStack) -> None:
    # The AWS CLI uploads files of 8 MB or more in parts. The batch is refused, so the test waits for no pictures.
    before = served.executions("RETAKE_BATCH")
    served.upload('{"strict": true}', "batches/large.defaults.json")
    large = served.retake.folder / "large.jsonl"
    lines = [json.dumps({"prompt": "a red circle " + "x" * 3_000}) for _ in range(3_000)]

    large.write_text("\n".join([*lines, "no line"]), encoding="utf-8")
    served.aws("s3", "cp", "large.jsonl", f"{served.bucket}/batches/")

    assert large.stat().st_size > 8 * 1024 * 1024
    served.wait_for_text("strict: 1 of 3001 lines")
    assert len(served.executions("RETAKE_BATCH")) == len(before) + 1


def test_schedules_when_listed_then_they_match_the_settings(served: ServedStack) -> None:
    (listed,) = served.aws("scheduler", "list-schedules")["Schedules"]

    found = served.aws("scheduler", "get-schedule", "--name", "morning", "--group-name", listed["GroupName"])

    assert (found["ScheduleExpression"], found["ScheduleExpressionTimezone"]) == ("cron(0 6 * * ? *)", "Asia/Tokyo")
    asked = json.loads(found["Target"]["Input"])
    assert asked["StateMachineArn"] == served.environment["RETAKE_LOOP"]
    assert json.loads(asked["Input"])["trigger"] == {"schedule": "morning", "time": "<aws.scheduler.scheduled-time>"}


def test_stack_when_described_then_its_outputs_name_its_resources(served: ServedStack) -> None:
    (stack,) = served.aws("cloudformation", "describe-stacks", "--stack-name", "Retake")["Stacks"]
    other = served.run_aws("cloudformation", "describe-stacks", "--stack-name", "Other")
    elsewhere = served.run_aws("cloudformation", "describe-stacks", "--stack-name", "Retake", "--region", "eu-west-1")

    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert outputs["StateMachineArn"] == served.environment["RETAKE_LOOP"]
    assert outputs["BatchStateMachineArn"] == served.environment["RETAKE_BATCH"]
    assert b"Other does not exist" in other.stderr
    assert b"Retake does not exist" in elsewhere.stderr


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Host": "pictures.example"}),
        ("/", {"Origin": "http://pictures.example"}),
        ("/moto-api/reset", {}),
    ],
)
def test_request_when_it_is_not_an_aws_call_from_this_machine_then_refused(
    served: ServedStack, path: str, headers: dict[str, str]
) -> None:
    request = urllib.request.Request(served.environment["AWS_ENDPOINT_URL"] + path, headers=headers, method="POST")

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)

    with refused.value as answer:
        assert answer.code == 403


def test_upload_when_its_key_is_not_a_plain_path_then_refused_and_the_server_continues(served: ServedStack) -> None:
    done = served.run_aws("s3api", "put-object", "--bucket", "retake-local", "--key", "a/../../b")

    assert done.returncode != 0
    assert b"is not a plain path" in done.stderr
    assert not (served.retake.folder.parent / "b").exists()
    assert served.aws("sts", "get-caller-identity")["Account"]


def test_port_when_taken_then_one_line_says_so(retake: Retake) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = retake.run_process("serve", "--port", port)

    assert (done.code, done.stdout) == (2, "")
    assert done.errors == [
        f"retake: error: --port {port}: cannot listen (Address already in use); give another port, or 0 for any free one"
    ]


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (None, "cdk.json: cannot be read (No such file or directory)"),
        ("[]", "cdk.json: is not a cdk.json; give a JSON object with a"),
        ({"retake:max_cost_usd_per_run": "many"}, 'settings: RETAKE_MAX_COST_USD_PER_RUN: "many" is not a number'),
        (
            {"retake:schedules": [{**_SCHEDULE, "expression": "daily"}]},
            'cdk.json: retake:schedules: morning: expression: "daily" cannot be used',
        ),
        (
            {"retake:schedules": [{**_SCHEDULE, "event_file": "events/none.json"}]},
            "cdk.json: retake:schedules: morning: event_file: events/none.json cannot be read",
        ),
    ],
)
def test_settings_when_they_cannot_be_used_then_one_line_names_them(retake: Retake, context: Any, message: str) -> None:
    if context is not None:
        text = context if isinstance(context, str) else json.dumps({"context": context})
        (retake.folder / "cdk.json").write_text(text, encoding="utf-8")

    done = retake("serve", "--port", "0", "--settings", "cdk.json")

    assert (done.code, done.stdout) == (2, "")
    (error,) = done.errors
    assert message in error
