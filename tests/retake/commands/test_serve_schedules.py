"""`retake serve`: schedules fire by its clock, those of cdk.json and those that the AWS CLI creates."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.harnesses.command import Retake
from tests.support.harnesses.served_stack import ServedStack, serving

_ROLE = "arn:aws:iam::123456789012:role/local"
_ONCE = {"name": "once", "expression": "at(2026-12-01T17:00:30)", "time_zone": "Asia/Tokyo"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    """One server for all tests. In its first second, a minute passes."""
    place = tmp_path_factory.mktemp("served")
    cdk_json = place / "cdk.json"
    context = {"retake:schedules": [{**_ONCE, "event_file": "events/simple-en.json"}]}
    cdk_json.write_text(json.dumps({"context": context}), encoding="utf-8")
    with serving(place, "--settings", str(cdk_json), "--clock", "2026-12-01T08:00:00Z 60x") as server:
        yield server


def create(served: ServedStack, name: str, expression: str, target: dict[str, Any]) -> None:
    """Run `aws scheduler create-schedule`."""
    served.aws(
        *("scheduler", "create-schedule", "--name", name, "--schedule-expression", expression),
        *("--target", json.dumps({"RoleArn": _ROLE, **target})),
        *("--flexible-time-window", json.dumps({"Mode": "OFF"})),
    )


def wait_for_input(served: ServedStack, text: str) -> dict[str, Any]:
    """Wait until an execution of the loop whose input holds the text has ended, and return its description."""
    found: list[str] = []

    def started() -> bool:
        client = served.client("stepfunctions")
        found[:] = [
            arn
            for arn in served.executions("RETAKE_LOOP")
            if text in client.describe_execution(executionArn=arn)["input"]
        ]
        return bool(found)

    served.wait_for(started)
    return served.wait_for_end(found[0])


def test_schedule_when_it_is_one_of_cdk_json_then_it_fires_and_a_second_delivery_is_a_duplicate(
    served: ServedStack,
) -> None:
    found = wait_for_input(served, '"schedule": "once"')
    again = served.aws(
        *("stepfunctions", "start-execution", "--state-machine-arn", served.environment["RETAKE_LOOP"]),
        *("--input", found["input"]),
    )
    second = served.wait_for_end(again["executionArn"])

    assert json.loads(found["input"])["trigger"] == {"schedule": "once", "time": "2026-12-01T08:00:30Z"}
    assert json.loads(found["output"])["status"] == "ACCEPTED"
    assert json.loads(found["output"])["run_id"] == "once-20261201T080030Z"
    assert json.loads(second["output"])["status"] == "DUPLICATE"
    assert "fired    schedule once  2026-12-01T08:00:30Z" in served.stderr


def test_schedule_when_it_is_a_rate_then_its_machine_is_started_at_once_with_the_attributes(
    served: ServedStack,
) -> None:
    event = {
        "prompt": "a red circle",
        "run_id": "rate-<aws.scheduler.execution-id>-<aws.scheduler.attempt-number>",
        "output_s3_key_prefix": "at/<aws.scheduler.scheduled-time>",
        "dry_run": True,
    }
    create(served, "rate", "rate(1 day)", {"Arn": served.environment["RETAKE_LOOP"], "Input": json.dumps(event)})

    found = wait_for_input(served, '"rate-')

    asked = json.loads(found["input"])
    assert asked["output_s3_key_prefix"].startswith("at/2026-12-01T")
    assert asked["run_id"].endswith("-1")
    assert json.loads(found["output"])["status"] == "DRY_RUN"


def test_schedule_when_it_is_a_cron_then_it_fires_each_minute_until_it_is_deleted(served: ServedStack) -> None:
    event = {"prompt": "a blue square", "dry_run": True}
    parameters = {"StateMachineArn": served.environment["RETAKE_LOOP"], "Input": json.dumps(event)}
    universal = {"Arn": "arn:aws:scheduler:::aws-sdk:sfn:startExecution", "Input": json.dumps(parameters)}

    create(served, "cron", "cron(* * ? * TUE,WED 2026)", universal)
    served.wait_for(lambda: served.stderr.count("fired    schedule cron") > 1)
    served.aws("scheduler", "delete-schedule", "--name", "cron")

    assert json.loads(wait_for_input(served, "blue square")["output"])["status"] == "DRY_RUN"
    assert [item["Name"] for item in served.aws("scheduler", "list-schedules")["Schedules"]] == ["rate", "once"]


def test_schedule_when_its_target_refuses_then_a_line_says_so(served: ServedStack) -> None:
    target = {"Arn": f"{served.environment['RETAKE_LOOP']}-none", "Input": "{}"}

    create(served, "lost", "rate(1 day)", {**target, "RetryPolicy": {"MaximumRetryAttempts": 0}})

    served.wait_for_text("dropped  schedule lost  ")
    assert "StateMachineDoesNotExist" in served.stderr


def test_schedule_when_its_expression_is_invalid_then_it_is_refused_as_in_aws(served: ServedStack) -> None:
    options = ("--flexible-time-window", '{"Mode": "OFF"}', "--target", json.dumps({"Arn": "a", "RoleArn": _ROLE}))
    command = ("scheduler", "create-schedule", "--name", "bad", "--schedule-expression", "cron(0 6 * * * *)")

    refused = served.run_aws(*command, *options)

    assert b"(ValidationException)" in refused.stderr
    assert b"Invalid Schedule Expression cron(0 6 * * * *)." in refused.stderr


def test_clock_when_it_cannot_be_used_then_one_line_says_how(retake: Retake) -> None:
    done = retake("serve", "--port", "0", "--clock", "tomorrow")

    assert (done.code, done.stdout) == (2, "")
    (error,) = done.errors
    assert error.startswith("retake: error: --clock tomorrow: cannot be used; give a speed (60x, ")
