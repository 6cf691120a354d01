"""Schedules fire: the part of EventBridge Scheduler that moto lacks."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, scheduler_backends

from retake.emulator.environment import REGION
from retake.emulator.serve.clock import Clock
from retake.view.output import format_error
from statemachine.expression import At, parse_expression
from statemachine.schedule import START_EXECUTION

_TICK_S = 0.2
# This machine slept if a tick took longer. To start what came due meanwhile, all at once, could cost much.
_MAX_TICK_S = 60
_MAX_BACKOFF_S = 3_600


@dataclass(frozen=True)
class _Delivery:
    """One start of a schedule's target."""

    name: str
    arn: str
    target: dict[str, Any]
    due: datetime
    attempt: int
    next_at: datetime


class Scheduler:
    """Starts the targets of due schedules while its `with` block runs.

    clock: the time by which schedules are due.
    deliver: start a target, given its ARN and its input. An exception means that the target refused it.
    say: called with each line for people.
    """

    def __init__(self, clock: Clock, deliver: Callable[[str, str], None], say: Callable[[str], None]) -> None:
        self._clock, self._deliver, self._say = clock, deliver, say
        self._after = clock.now()
        self._waiting: list[_Delivery] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread. What came due since the scheduler was made fires, too."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def fire_until(self, now: datetime) -> None:
        """Start the targets of the schedules that came due since the last call, and try refused ones again."""
        after, self._after = self._after, now
        backend = scheduler_backends[DEFAULT_ACCOUNT_ID][REGION]
        for schedule in [one for group in backend.schedule_groups.values() for one in list(group.schedules.values())]:
            if schedule.state == "ENABLED":
                self._collect(schedule, backend, after, now)
        waiting, self._waiting = self._waiting, []
        for delivery in waiting:
            if delivery.next_at <= now:
                self._start(delivery, now)
            else:
                self._waiting.append(delivery)

    def _collect(
        self, schedule: Schedule, backend: EventBridgeSchedulerBackend, after: datetime, now: datetime
    ) -> None:
        due = list(due_times(schedule, after, now))
        for time in due:
            self._waiting.append(_Delivery(schedule.name, schedule.arn, schedule.target, time, 1, time))
        is_once = schedule.schedule_expression.startswith("at(")
        has_ended = bool(due) if is_once else bool(schedule.end_date) and _time(schedule.end_date) <= now
        if has_ended and schedule.action_after_completion == "DELETE":
            backend.delete_schedule(schedule.group_name, schedule.name)

    def _start(self, delivery: _Delivery, now: datetime) -> None:
        self._say(f"fired    schedule {delivery.name}  {_format(delivery.due)}")
        try:
            self._deliver(
                delivery.target["Arn"], target_input(delivery.target, delivery.arn, delivery.due, delivery.attempt)
            )
        except Exception as error:  # noqa: BLE001 - the retry policy prints a target's refusal, and tries it again
            self._retry(delivery, now, format_error(error))

    def _retry(self, delivery: _Delivery, now: datetime, why: str) -> None:
        policy = delivery.target["RetryPolicy"]
        next_at = now + timedelta(seconds=min(2**delivery.attempt, _MAX_BACKOFF_S))
        is_too_old = next_at - delivery.due > timedelta(seconds=policy.get("MaximumEventAgeInSeconds", 86_400))
        if delivery.attempt > policy.get("MaximumRetryAttempts", 185) or is_too_old:
            self._say(f"dropped  schedule {delivery.name}  {_format(delivery.due)}: {why}")
            return
        self._say(f"refused  schedule {delivery.name}  {_format(delivery.due)}: {why}; next try {_format(next_at)}")
        self._waiting.append(replace(delivery, attempt=delivery.attempt + 1, next_at=next_at))

    def _run(self) -> None:
        while not self._stopping.wait(_TICK_S):
            now = self._clock.now()
            if now - self._after > timedelta(seconds=_MAX_TICK_S * self._clock.speed):
                self._say(f"skipped  schedules due from {_format(self._after)} to {_format(now)}: this machine slept")
                self._after = now
            try:
                self.fire_until(now)
            except Exception as error:  # noqa: BLE001 - one schedule's fault must not stop the others
                self._say(f"schedules: {format_error(error)}")


def due_times(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the times in UTC, later than `after` and not later than `until`, at which the schedule is due."""
    expression = parse_expression(schedule.schedule_expression)
    # AWS: a schedule that fires once ignores both dates. The first time of a rate is its start date, or at once.
    start = None if isinstance(expression, At) or not schedule.start_date else _time(schedule.start_date)
    end = None if isinstance(expression, At) or not schedule.end_date else _time(schedule.end_date)
    first = start or _time(schedule.last_modified_date)
    zone = ZoneInfo(schedule.schedule_expression_timezone)
    for time in expression.due(zone, first, after, until):
        if (start is None or start <= time) and (end is None or time < end):
            yield time


def target_input(target: dict[str, Any], arn: str, due: datetime, attempt: int) -> str:
    """Return the target's input, with the context attributes replaced."""
    execution_id = uuid.uuid4().hex[:16]
    text: str | None = target.get("Input")
    if text is None:
        # AWS: a target without an input gets this notification.
        notification = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": DEFAULT_ACCOUNT_ID,
            "time": _format(due),
            "region": REGION,
            "resources": [arn],
            "detail": "{}",
        }
        return json.dumps(notification)
    for name, value in {
        "schedule-arn": arn,
        "scheduled-time": _format(due),
        "execution-id": execution_id,
        "attempt-number": str(attempt),
    }.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def start_machine(target_arn: str, body: str) -> None:
    """Start a state machine, as a templated target or as the universal target `START_EXECUTION`.

    Raises:
        ValueError: the target is not a state machine.
        botocore.exceptions.ClientError: Step Functions refuses the start.
    """
    client = boto3.client("stepfunctions")
    if target_arn.endswith(f":{START_EXECUTION}"):
        # AWS: a universal target's parameters begin with capitals.
        given = {name[:1].lower() + name[1:]: value for name, value in json.loads(body).items()}
        client.start_execution(**given)
    elif ":states:" in target_arn:
        client.start_execution(stateMachineArn=target_arn, input=body)
    else:
        raise ValueError(f"{target_arn} is not a state machine; no other target works here")


def _time(epoch_s: Any) -> datetime:
    return datetime.fromtimestamp(float(epoch_s), UTC)


def _format(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
