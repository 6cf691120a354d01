"""Schedules fire by a clock that the test sets. Schedules are created through boto3, as clients do."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from retake.emulator.patches.scheduler import patch_scheduler
from retake.emulator.serve.clock import Clock, parse_clock
from retake.emulator.serve.scheduler import Scheduler
from retake.view.errors import BadInputError

_MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:loop"
_START = datetime(2026, 12, 1, 8, 0, 30, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


class Served:
    """A scheduler whose clock stands still until the test moves it, and a target that may refuse."""

    def __init__(self) -> None:
        self.now_is = _START
        self.refusals = 0
        self.fired: list[dict[str, Any]] = []
        self.lines: list[str] = []
        clock = cast("Clock", self)
        self.scheduler = Scheduler(clock, self.deliver, self.lines.append)
        self.client = boto3.client("scheduler", region_name="us-east-1")

    def now(self) -> datetime:
        """The clock's time."""
        return self.now_is

    def deliver(self, target_arn: str, body: str) -> None:
        """Refuse, or note the input."""
        if self.refusals:
            self.refusals -= 1
            raise ValueError("no room")
        assert target_arn == _MACHINE
        self.fired.append(json.loads(body))

    def create(self, expression: str, name: str = "one", **more: Any) -> None:
        """Create a schedule whose input has every context attribute."""
        attributes = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
        body = json.dumps({key: f"<aws.scheduler.{key}>" for key in attributes})
        target = {"Arn": _MACHINE, "RoleArn": "arn:aws:iam::123456789012:role/local", "Input": body}
        given = {"FlexibleTimeWindow": {"Mode": "OFF"}, **more}
        given["Target"] = {**target, **given.pop("target", {})}
        self.client.create_schedule(Name=name, ScheduleExpression=expression, **given)

    def times(self, minutes: float) -> list[str]:
        """Let minutes pass, and return the scheduled times that fired meanwhile."""
        count = len(self.fired)
        end = self.now_is + minutes * _MINUTE
        while self.now_is < end:
            self.now_is = min(end, self.now_is + _MINUTE / 4)
            self.scheduler.fire_until(self.now_is)
        return [event["scheduled-time"] for event in self.fired[count:]]

    def names(self) -> list[str]:
        """The names of the schedules."""
        return [schedule["Name"] for schedule in self.client.list_schedules()["Schedules"]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    with mock_aws():
        made = Served()
        with patch_scheduler(made.now):
            yield made


def test_at_when_its_time_comes_then_it_fires_once_with_its_attributes(served: Served) -> None:
    served.create("at(2026-12-01T17:02:00)", ScheduleExpressionTimezone="Asia/Tokyo")

    assert served.times(10) == ["2026-12-01T08:02:00Z"]
    assert served.names() == ["one"]
    (event,) = served.fired
    assert event["schedule-arn"] == "arn:aws:scheduler:us-east-1:123456789012:schedule/default/one"
    assert (len(event["execution-id"]), event["attempt-number"]) == (16, "1")


def test_at_when_it_is_deleted_after_completion_then_it_is_gone_once_it_has_fired(served: Served) -> None:
    served.create("at(2026-12-01T08:02:00)", ActionAfterCompletion="DELETE")

    assert (served.times(1), served.names()) == ([], ["one"])
    assert (served.times(2), served.names()) == (["2026-12-01T08:02:00Z"], [])


def test_at_when_its_time_has_passed_then_it_never_fires(served: Served) -> None:
    served.create("at(2026-12-01T08:00:00)")

    assert served.times(5) == []


def test_rate_when_created_then_it_fires_at_once_and_after_each_period(served: Served) -> None:
    served.create("rate(2 minutes)")

    assert served.times(0.25) == []  # It was created at the very end of the last tick.
    served.now_is += timedelta(seconds=1)
    served.create("rate(2 minutes)", name="two")
    assert served.times(3) == ["2026-12-01T08:00:46Z", "2026-12-01T08:02:30Z", "2026-12-01T08:02:46Z"]


def test_dates_when_given_then_nothing_fires_before_the_first_or_from_the_last_on(served: Served) -> None:
    start, end = _START + 2 * _MINUTE, _START + 5 * _MINUTE
    served.create("cron(* * * * ? *)", name="cron", StartDate=start, EndDate=end, ActionAfterCompletion="DELETE")

    assert served.times(10) == [f"2026-12-01T08:0{minute}:00Z" for minute in (3, 4, 5)]
    assert served.names() == []


def test_rate_when_it_has_a_start_date_then_that_is_its_first_time(served: Served) -> None:
    served.create("rate(3 minutes)", StartDate=_START + 2 * _MINUTE)

    assert served.times(6) == ["2026-12-01T08:02:30Z", "2026-12-01T08:05:30Z"]


def test_schedule_when_disabled_then_it_does_not_fire_until_it_is_enabled(served: Served) -> None:
    served.create(
        "cron(* * * * ? *)", State="DISABLED", FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}
    )
    assert served.times(3) == []

    found = served.client.get_schedule(Name="one")
    changed = {key: found[key] for key in ("Name", "ScheduleExpression", "Target", "FlexibleTimeWindow")}
    served.client.update_schedule(**changed, ActionAfterCompletion="DELETE")

    assert served.times(1) == ["2026-12-01T08:04:00Z"]
    found = served.client.get_schedule(Name="one")
    assert (found["State"], found["ActionAfterCompletion"]) == ("ENABLED", "DELETE")


def test_target_when_it_refuses_then_it_is_tried_again_with_the_same_time(served: Served) -> None:
    served.create("at(2026-12-01T08:02:00)")
    served.refusals = 2

    assert served.times(4) == ["2026-12-01T08:02:00Z"]
    assert served.fired[0]["attempt-number"] == "3"
    assert served.lines[1].startswith("refused  schedule one  2026-12-01T08:02:00Z: ")


@pytest.mark.parametrize(
    "policy",
    [
        {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 86_400},
        {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 60},
    ],
)
def test_target_when_its_retry_policy_is_used_up_then_the_start_is_dropped(served: Served, policy: Any) -> None:
    served.create("at(2026-12-01T08:02:00)", target={"RetryPolicy": policy})
    served.refusals = 100

    assert served.times(30) == []
    tries = 100 - served.refusals
    assert tries == 2 if policy["MaximumRetryAttempts"] == 1 else 2 < tries < 10
    assert served.lines[-1].startswith("dropped  schedule one  2026-12-01T08:02:00Z: ")


def test_target_when_it_has_no_input_then_it_gets_a_notification(served: Served) -> None:
    served.create("at(2026-12-01T08:02:00)")
    target: Any = {"Arn": _MACHINE, "RoleArn": "arn:aws:iam::123456789012:role/local"}
    window: Any = {"Mode": "OFF"}
    served.client.update_schedule(
        Name="one", ScheduleExpression="at(2026-12-01T08:03:00)", Target=target, FlexibleTimeWindow=window
    )
    served.now_is += 3 * _MINUTE
    served.scheduler.fire_until(served.now_is)

    assert (served.fired[0]["source"], served.fired[0]["time"]) == ("aws.scheduler", "2026-12-01T08:03:00Z")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"expression": "cron(0 1 * * * *)"}, "ValidationException"),
        ({"expression": "rate(1 hour)", "ScheduleExpressionTimezone": "Tokyo"}, "ValidationException"),
        ({"expression": "rate(1 hour)", "GroupName": "none"}, "ResourceNotFoundException"),
        ({"expression": "cron(* * * * ? *)", "StartDate": _START - 6 * _MINUTE}, "ValidationException"),
    ],
)
def test_create_when_scheduler_would_refuse_it_then_it_is_refused(served: Served, given: Any, code: str) -> None:
    with pytest.raises(ClientError) as refused:
        served.create(**given)

    assert refused.value.response["Error"]["Code"] == code
    assert served.names() == []


def test_clock_when_set_then_it_starts_there_and_runs_as_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([1000.0, 1002.5])
    monkeypatch.setattr("time.time", lambda: next(seconds))
    clock = parse_clock("2026-12-01T09:00:00+01:00 60x")

    assert (clock.now(), clock.now()) == (
        datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 8, 2, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize("text", ["", "fast", "0x", "3601x", "60", "2026-12-01T09:00:00", "2026-13-01T09:00:00Z"])
def test_clock_when_it_cannot_be_used_then_one_line_says_how(text: str) -> None:
    with pytest.raises(BadInputError, match="^--clock .*: cannot be used; give a speed"):
        parse_clock(text)
