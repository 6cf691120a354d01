"""Schedules in the settings: their resources and permissions, and the faults that are found before a deployment."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.context import read_deployment
from infra.settings import SettingError
from lambdas.core.request.trigger import parse_trigger

ROOT = Path(__file__).parents[2]
MORNING = {"name": "morning", "expression": "cron(0 6 ? * MON-FRI *)", "event_file": "events/simple-en.json"}


def _schedules(stack: Any) -> dict[str, dict[str, Any]]:
    schedules = (found["Properties"] for found in stack.of_type("AWS::Scheduler::Schedule").values())
    return {schedule["Name"]: schedule for schedule in schedules}


def _refusal(*schedules: Any) -> str:
    with pytest.raises(SettingError) as caught:
        read_deployment({"retake:schedules": list(schedules)})
    # An event's faults have a line each, and every line says where.
    assert all(line.startswith("retake:schedules: ") for line in str(caught.value).split("\n"))
    return str(caught.value)


def test_there_is_no_schedule_by_default(stack: Any) -> None:
    assert not stack.of_type("AWS::Scheduler::Schedule")
    assert not stack.of_type("AWS::Scheduler::ScheduleGroup")


def test_a_schedule_has_the_expression_time_zone_and_state_of_its_setting(wide_stack: Any) -> None:
    (group,) = wide_stack.of_type("AWS::Scheduler::ScheduleGroup")
    found = {
        name: (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"], schedule["State"])
        for name, schedule in _schedules(wide_stack).items()
    }
    assert found == {
        "morning": ("cron(0 6 ? * MON-FRI *)", "Asia/Tokyo", "ENABLED"),
        "every-6.hours": ("rate(6 hours)", "UTC", "DISABLED"),
    }
    for schedule in _schedules(wide_stack).values():
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert schedule["GroupName"] == {"Ref": group}


def test_a_schedule_starts_the_loop_with_its_event_and_a_trigger_that_is_the_same_for_two_deliveries(
    wide_stack: Any,
) -> None:
    target = _schedules(wide_stack)["morning"]["Target"]
    assert wide_stack.text(target["Arn"]) == "arn:<Partition>:scheduler:::aws-sdk:sfn:startExecution"
    parameters = json.loads(wide_stack.text(target["Input"]))
    assert parameters.keys() == {"StateMachineArn", "Input"}
    assert parameters["StateMachineArn"] == "<loop>"
    sent = parameters["Input"].replace("<aws.scheduler.scheduled-time>", "2026-11-23T06:00:00Z")
    event = json.loads(sent)
    trigger = event.pop("trigger")
    assert parse_trigger(trigger).run_id() == "morning-20261123T060000Z"
    assert event == json.loads((ROOT / "events" / "simple-en.json").read_text(encoding="utf-8"))


def test_a_start_is_retried_for_two_hours_and_then_kept_in_the_schedules_own_queue(wide_stack: Any) -> None:
    targets = [schedule["Target"] for schedule in _schedules(wide_stack).values()]
    queues = {wide_stack.text(target["DeadLetterConfig"]["Arn"]) for target in targets}
    assert len(queues) == len(targets)
    for target in targets:
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 7200, "MaximumRetryAttempts": 10}


def test_each_schedule_has_a_role_that_starts_the_loop_and_nothing_else(wide_stack: Any) -> None:
    (group,) = wide_stack.of_type("AWS::Scheduler::ScheduleGroup")
    targets = [schedule["Target"] for schedule in _schedules(wide_stack).values()]
    assert len({str(target["RoleArn"]) for target in targets}) == len(targets)
    for target in targets:
        assert wide_stack.statements(target["RoleArn"]) == {
            ("Allow", "states:StartExecution", "<loop>", ""),
            ("Allow", "sqs:SendMessage", wide_stack.text(target["DeadLetterConfig"]["Arn"]), ""),
        }
        role = wide_stack.template["Resources"][target["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
        assert {name: wide_stack.text(value) for name, value in trust["Condition"]["StringEquals"].items()} == {
            "aws:SourceAccount": "<AccountId>",
            "aws:SourceArn": f"<{group}>",
        }


def test_schedules_from_the_command_line_are_json_text() -> None:
    read = read_deployment({"retake:schedules": json.dumps([MORNING])})
    assert read == read_deployment({"retake:schedules": [MORNING]})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "two words", 'name: "two words" cannot be used; give 1 to 64 of A-Z a-z 0-9 _ . -'),
        ("expression", "0 6 * * *", 'morning: expression: "0 6 * * *" cannot be used; give cron('),
        ("expression", "cron(0 6 * * * *)", 'morning: expression: "cron(0 6 * * * *)" cannot be used; give cron('),
        ("expression", "rate(1 hours)", 'morning: expression: "rate(1 hours)" cannot be used; give cron('),
        ("expression", "rate(0 hours)", 'morning: expression: "rate(0 hours)" cannot be used; give cron('),
        ("expression", "at(tomorrow)", 'morning: expression: "at(tomorrow)" cannot be used; give cron('),
        ("time_zone", "Tokyo", 'morning: time_zone: "Tokyo" is not a known time zone; give one such as Asia/Tokyo'),
        ("enabled", "yes", 'morning: enabled: "yes" cannot be used; give true or false'),
        ("event_file", 7, "morning: event_file: 7 cannot be used; give a text"),
        ("event_file", "events/none.json", "morning: event_file: events/none.json cannot be read: No such file"),
        ("event_file", "events/README.md", "morning: event_file: events/README.md is not JSON: line 1, column 1: "),
        ("event_file", "package.json", "morning: event_file: package.json: "),
        ("colour", "red", "morning: colour: unknown field; choose from name, expression, "),
    ],
)
def test_an_invalid_schedule_is_reported_with_its_name_and_field(field: str, value: Any, message: str) -> None:
    assert _refusal({**MORNING, field: value}).startswith(f"retake:schedules: {message}")


def test_an_event_with_several_faults_is_refused_with_a_line_for_each(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text('{"promt": "a", "titan_img_seed": -1}', encoding="utf-8")
    where = f"retake:schedules: morning: event_file: {file}: "
    promt, seed = _refusal({**MORNING, "event_file": str(file)}).split("\n")
    assert promt.startswith(f"{where}promt: ") and seed.startswith(f"{where}titan_img_seed: ")


@pytest.mark.parametrize("part", ["name", "expression", "event_file"])
def test_a_missing_field_is_named(part: str) -> None:
    given = {name: value for name, value in MORNING.items() if name != part}
    assert _refusal(given).endswith(f"{part}: is missing; give it")


def test_two_schedules_with_the_same_name_are_refused() -> None:
    assert _refusal(MORNING, MORNING) == "retake:schedules: morning: two schedules have this name; give each its own"


@pytest.mark.parametrize("value", [7, {"name": "morning"}, "[", ["morning"]])
def test_a_value_that_is_not_a_list_of_schedules_is_refused(value: Any) -> None:
    with pytest.raises(SettingError, match="^retake:schedules: "):
        read_deployment({"retake:schedules": value})


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ("[]", "is not a JSON object"),
        ('{"prompt": "a red circle", "run_id": "mine"}', "holds run_id; leave it out"),
        ('{"prompt": "a red circle", "trigger": {}}', "holds trigger; leave it out"),
        ('{"prompt": "a red circle", "colour": 1}', "colour"),
        ('{"prompt": "a red circle", "max_cost_usd": 0.000001}', "max_cost_usd"),
    ],
)
def test_an_event_that_prepare_would_refuse_is_refused_before_a_deployment(
    tmp_path: Path, event: str, fault: str
) -> None:
    file = tmp_path / "event.json"
    file.write_text(event, encoding="utf-8")
    message = _refusal({**MORNING, "event_file": str(file)})
    assert message.startswith("retake:schedules: morning: event_file: ")
    assert fault in message
