"""EventBridge Scheduler for moto: its own clock, and schedules that AWS would refuse are refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import available_timezones

from moto.scheduler import models
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.scheduler.responses import EventBridgeSchedulerResponse

from statemachine.expression import ExpressionError, parse_expression


@contextmanager
def patch_scheduler(now: Callable[[], datetime]) -> Iterator[None]:
    """Inside the block, check schedules as EventBridge Scheduler does. `now` is its clock, in UTC."""
    backend = EventBridgeSchedulerBackend
    with (
        patch.object(models, "unix_time", lambda: now().timestamp()),
        patch.object(models, "utcnow", lambda: now().replace(tzinfo=None)),
        # moto: takes any expression, time zone and group.
        patch.object(backend, "create_schedule", _check(backend.create_schedule)),
        patch.object(backend, "update_schedule", _check(backend.update_schedule)),
        # moto: an update keeps the action after completion, and leaves a schedule without a state.
        patch.object(EventBridgeSchedulerResponse, "update_schedule", _update(EventBridgeSchedulerResponse)),
    ):
        yield


def _check(original: Any) -> Any:
    def write(backend: EventBridgeSchedulerBackend, **given: Any) -> Any:
        expression, zone = given["schedule_expression"], given["schedule_expression_timezone"]
        if (given["group_name"] or "default") not in backend.schedule_groups:
            raise ScheduleGroupNotFound(given["group_name"])
        try:
            parse_expression(expression)
        except ExpressionError:
            raise ValidationException(f"Invalid Schedule Expression {expression}.") from None
        if zone and zone not in available_timezones():
            raise ValidationException(f"Invalid ScheduleExpressionTimezone {zone}.")
        return original(backend, **given)

    return write


def _update(response_class: Any) -> Any:
    original = response_class.update_schedule

    def update_schedule(response: Any) -> Any:
        answer = original(response)
        name = response.uri.split("?")[0].split("/")[-1]
        schedule = response.scheduler_backend.get_schedule(response._get_param("GroupName"), name)
        schedule.action_after_completion = response._get_param("ActionAfterCompletion")
        schedule.state = schedule.state or "ENABLED"
        return answer

    return update_schedule
