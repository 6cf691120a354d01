"""One schedule of the settings, and whether EventBridge Scheduler and Prepare could use it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

# AWS: the universal target, which is StartExecution itself with all of its parameters.
START_EXECUTION = "scheduler:::aws-sdk:sfn:startExecution"
"""The target's ARN, behind `arn:{partition}:`."""

_ROOT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_ONCE = re.compile(r"at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)")
_RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")
_CRON = re.compile(
    r"cron\([0-9*,/-]+ [0-9*,/-]+ (?P<day>[0-9*,/?LW-]+) [0-9A-Z*,/-]+ (?P<weekday>[0-9A-Z*,/?L#-]+) [0-9*,/-]+\)"
)


class ScheduleError(ValueError):
    """A schedule cannot be used. One line that names its part, the fault and the fix."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When an event starts a run by itself.

    Schedule(name="morning", expression="cron(0 6 * * ? *)", time_zone="Asia/Tokyo", event_file="events/simple-en.json")
    """

    name: str
    expression: str
    event_file: str
    """A path under the project's folder, to the run's event without `run_id` and `trigger`."""
    time_zone: str = "UTC"
    enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse what EventBridge Scheduler would not take.

        Raises:
            ScheduleError: names the part.
        """
        if not _NAME.fullmatch(self.name):
            raise ScheduleError(f"name: {self.name!r} cannot be used; give 1 to 64 of A-Z a-z 0-9 _ . -")
        if not (_ONCE.fullmatch(self.expression) or _RATE.fullmatch(self.expression) or _is_cron(self.expression)):
            raise ScheduleError(
                f"{self.name}: expression: {self.expression!r} cannot be used; give cron(minutes hours day month weekday "
                "year) with ? for the day or the weekday, rate(6 hours), or at(2026-12-24T06:00:00)"
            )
        if self.time_zone not in available_timezones():
            raise ScheduleError(
                f"{self.name}: time_zone: {self.time_zone!r} is none; give one such as Asia/Tokyo or UTC"
            )

    def event(self) -> dict[str, Any]:
        """The event of its file.

        Raises:
            ScheduleError: the file cannot be read, is no JSON object, or names what the schedule decides.
        """
        try:
            event = json.loads((_ROOT / self.event_file).read_text(encoding="utf-8"))
        except OSError as error:
            raise ScheduleError(
                f"{self.name}: event_file: {self.event_file} cannot be read: {error.strerror}"
            ) from None
        except ValueError as error:
            raise ScheduleError(f"{self.name}: event_file: {self.event_file} is not valid JSON: {error}") from None
        if not isinstance(event, dict):
            raise ScheduleError(f"{self.name}: event_file: {self.event_file} is not a JSON object")
        for field in ("run_id", "trigger", "batch"):
            if field in event:
                raise ScheduleError(f"{self.name}: event_file: {self.event_file} holds {field}; leave it out")
        return event

    def input(self) -> dict[str, Any]:
        """What the run is started with: the event, and the trigger that makes two deliveries one run."""
        # AWS: Scheduler puts the time in, in UTC, the same for every attempt to deliver.
        return {**self.event(), "trigger": {"schedule": self.name, "time": "<aws.scheduler.scheduled-time>"}}

    def target_input(self, machine_arn: str) -> str:
        """The parameters of StartExecution, for Scheduler's universal target `START_EXECUTION`, as JSON."""
        return json.dumps({"StateMachineArn": machine_arn, "Input": json.dumps(self.input())})


def schedules_from(value: object) -> tuple[Schedule, ...]:
    """The schedules in a list of objects, or in the same list as JSON text.

    Raises:
        ScheduleError: names the schedule and its part.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value or "[]")
        except ValueError as error:
            raise ScheduleError(f"is not valid JSON: {error}") from None
    if not isinstance(value, list):
        raise ScheduleError("give a list of objects with name, expression, event_file, time_zone and enabled")
    schedules = tuple(_schedule_from(item) for item in value)
    names = [schedule.name for schedule in schedules]
    for name in names:
        if names.count(name) > 1:
            raise ScheduleError(f"{name}: two schedules have this name; give each its own")
    return schedules


def _schedule_from(value: object) -> Schedule:
    if not isinstance(value, Mapping):
        raise ScheduleError(f"{value!r} is no schedule; give an object with name, expression and event_file")
    known = {field.name: bool if field.type is bool else str for field in fields(Schedule)}
    name = value.get("name", "?")
    for part, content in value.items():
        if part not in known:
            raise ScheduleError(f"{name}: {part}: no such part; there are {', '.join(known)}")
        if not isinstance(content, known[part]):
            raise ScheduleError(f"{name}: {part}: {content!r} cannot be used; give {_WANTED[known[part]]}")
    for part in ("name", "expression", "event_file"):
        if part not in value:
            raise ScheduleError(f"{name}: {part}: is missing; give it")
    return Schedule(**value)


_WANTED = {str: "a text", bool: "true or false"}


def _is_cron(expression: str) -> bool:
    found = _CRON.fullmatch(expression)
    # AWS: one of day and weekday must be ?, and only one.
    return found is not None and (found["day"] == "?") != (found["weekday"] == "?")
