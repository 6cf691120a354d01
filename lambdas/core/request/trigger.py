"""What started a run by itself: a schedule, and the time it was for."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from lambdas.core.request.fields import format_value, refuse_unknown
from lambdas.core.runtime.errors import InvalidRequestError

_SCHEDULE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Which schedule started the run, and for when."""

    schedule: str
    time: str

    def run_id(self) -> str:
        """The run id that every delivery of this trigger shares."""
        stamp = re.sub(r"[^0-9TZ]", "", self.time)
        name = self.schedule.replace(".", "_")
        room = 79 - len(stamp)
        if name != self.schedule or len(name) > room:
            # A name that is altered or cut could be another schedule's: a hash of the whole keeps them apart.
            mark = hashlib.sha256(self.schedule.encode()).hexdigest()[:8]
            name = f"{name[: room - 9]}-{mark}"
        return f"{name}-{stamp}"


def parse_trigger(value: Any) -> Trigger:
    """The trigger in an event.

    Raises:
        InvalidRequestError: names the part at fault.
    """
    if not isinstance(value, dict):
        raise InvalidRequestError(
            f'trigger: {format_value(value)} is not an object; give {{"schedule": name, "time": time}}'
        )
    refuse_unknown("trigger.", value, ("schedule", "time"))
    schedule, time = value.get("schedule"), value.get("time")
    if not isinstance(schedule, str) or not _SCHEDULE.fullmatch(schedule):
        raise InvalidRequestError(
            f"trigger.schedule: {format_value(schedule)} is not a schedule's name; give 1 to 64 of A-Z a-z 0-9 _ . -"
        )
    if not isinstance(time, str) or not _TIME.fullmatch(time):
        raise InvalidRequestError(f"trigger.time: {format_value(time)} is not a time; give it as 2026-11-21T06:00:00Z")
    return Trigger(schedule=schedule, time=time)
