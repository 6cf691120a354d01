"""A schedule from the settings, checked against the rules of EventBridge Scheduler."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from statemachine.expression import ExpressionError, parse_expression

# AWS: the universal target. It calls StartExecution with the parameters given as JSON.
START_EXECUTION = "scheduler:::aws-sdk:sfn:startExecution"
"""The ARN of the target, without its start `arn:{partition}:`."""

_SHOWN_CHARS = 60
_ROOT = Path(__file__).resolve().parent.parent
_NAME_CHARS = 64
_NAME = re.compile(rf"[A-Za-z0-9_.-]{{1,{_NAME_CHARS}}}")
# Scheduler takes rate(1 hours) too. A rule of EventBridge does not, and people copy expressions from one to the other.
_ODD_RATE = re.compile(r"rate\(1 [a-z]+s\)")


class ScheduleError(ValueError):
    """A schedule is invalid. The message is one line that names the field, the fault and the fix."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A time at which EventBridge Scheduler starts a run, and the file with its event.

    Schedule(name="morning", expression="cron(0 6 * * ? *)", time_zone="Asia/Tokyo", event_file="events/simple-en.json")
    """

    name: str
    expression: str
    event_file: str
    """The event's path, relative to the project folder. The event must not hold `run_id`, `trigger` or `batch`."""
    time_zone: str = "UTC"
    enabled: bool = True
    event: Mapping[str, Any] = field(default_factory=dict)
    """The event in `event_file`."""

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            ScheduleError: EventBridge Scheduler would refuse a field.
        """
        if not _NAME.fullmatch(self.name):
            raise ScheduleError(f"name: {_quote(self.name)} cannot be used; give 1 to 64 of A-Z a-z 0-9 _ . -")
        if not _is_expression(self.expression):
            raise ScheduleError(
                f"{self.name}: expression: {_quote(self.expression)} cannot be used; give cron(minutes hours day month weekday "
                "year) with ? for the day or the weekday, rate(6 hours), or at(2026-12-24T06:00:00)"
            )
        if self.time_zone not in available_timezones():
            raise ScheduleError(
                f"{self.name}: time_zone: {_quote(self.time_zone)} is not a known time zone; give one such as Asia/Tokyo"
            )

    def execution_input(self) -> dict[str, Any]:
        """Return the input of the run: the event, and a trigger that identifies a second delivery."""
        # AWS: Scheduler replaces the placeholder with the scheduled time in UTC, the same for every delivery attempt.
        return {**self.event, "trigger": {"schedule": self.name, "time": "<aws.scheduler.scheduled-time>"}}

    def target_input(self, machine_arn: str) -> str:
        """Return the parameters of StartExecution as JSON, for the universal target `START_EXECUTION`."""
        return json.dumps({"StateMachineArn": machine_arn, "Input": json.dumps(self.execution_input())})


def parse_schedules(value: object, read_json: Callable[[str | bytes], Any]) -> tuple[Schedule, ...]:
    """Return the schedules in a list of objects, or in such a list as JSON text, each with the event in its file.

    read_json: parses JSON. Its ValueError has a message that follows a name: "is not JSON: ...".

    Raises:
        ScheduleError: a schedule is invalid, or its event file cannot be read, is not a JSON object, or holds a field that
            the schedule sets.
    """
    if isinstance(value, str):
        try:
            value = read_json(value or "[]")
        except ValueError as error:
            raise ScheduleError(str(error)) from None
    if not isinstance(value, list):
        raise ScheduleError("give a list of objects with name, expression, event_file, time_zone and enabled")
    schedules = tuple(_parse_schedule(item, read_json) for item in value)
    names = [schedule.name for schedule in schedules]
    for name in names:
        if names.count(name) > 1:
            raise ScheduleError(f"{name}: two schedules have this name; give each its own")
    return schedules


def _parse_schedule(value: object, read_json: Callable[[str | bytes], Any]) -> Schedule:
    if not isinstance(value, Mapping):
        raise ScheduleError(f"{_quote(value)} is not a schedule; give an object with name, expression and event_file")
    known = {one.name: bool if one.type is bool else str for one in fields(Schedule) if one.name != "event"}
    name = str(value.get("name", "?"))[:_NAME_CHARS]
    for key, content in value.items():
        if key not in known:
            raise ScheduleError(f"{name}: {key[:_SHOWN_CHARS]}: unknown field; choose from {', '.join(known)}")
        if not isinstance(content, known[key]):
            raise ScheduleError(f"{name}: {key}: {_quote(content)} cannot be used; give {_WANTED[known[key]]}")
    for key in ("name", "expression", "event_file"):
        if key not in value:
            raise ScheduleError(f"{name}: {key}: is missing; give it")
    schedule = Schedule(**value)
    try:
        return replace(schedule, event=_read_event(schedule.event_file, read_json))
    except ValueError as error:
        raise ScheduleError(f"{name}: event_file: {schedule.event_file[:_SHOWN_CHARS]} {error}") from None


def _read_event(event_file: str, read_json: Callable[[str | bytes], Any]) -> dict[str, Any]:
    """Return the event in the file, or raise ValueError with a message that follows the file's name."""
    try:
        event = read_json((_ROOT / event_file).read_bytes())
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    if not isinstance(event, dict):
        raise ValueError("is not a JSON object")
    for key in ("run_id", "trigger", "batch"):
        if key in event:
            raise ValueError(f"holds {key}; leave it out")
    return event


def _quote(value: object) -> str:
    """Return the value as JSON, shortened. This folder imports only the standard library, so it cannot use core's helper."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


_WANTED = {str: "a text", bool: "true or false"}


def _is_expression(text: str) -> bool:
    try:
        parse_expression(text)
    except ExpressionError:
        return False
    return not _ODD_RATE.fullmatch(text)
