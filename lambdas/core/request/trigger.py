"""The schedule that started a run, and the scheduled time."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import refuse_unknown
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value

_SCHEDULE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A schedule's name and one scheduled time ("2026-11-21T06:00:00Z")."""

    schedule: str
    time: str

    def run_id(self) -> str:
        """Return the run id, at most 80 characters. Every delivery of the same trigger gets the same one."""
        stamp = re.sub(r"[^0-9TZ]", "", self.time)
        name = self.schedule.replace(".", "_")
        room = 79 - len(stamp)
        if name != self.schedule or len(name) > room:
            # Two different names may be equal after a change or a cut, so add a hash of the original.
            name_hash = hashlib.sha256(self.schedule.encode()).hexdigest()[:8]
            name = f"{name[: room - 9]}-{name_hash}"
        return f"{name}-{stamp}"


def parse_trigger(value: Any) -> Trigger:
    """Parse the `trigger` field of an event.

    Raises:
        InvalidRequestError: parts are missing or invalid; the message names each.
    """
    if not isinstance(value, dict):
        raise InvalidRequestError(
            f'trigger: {format_value(value)} is not an object; give {{"schedule": name, "time": time}}'
        )
    faults = Faults()
    with faults.collect():
        refuse_unknown("trigger.", value, ("schedule", "time"))
    schedule, time = value.get("schedule"), value.get("time")
    if not isinstance(schedule, str) or not _SCHEDULE.fullmatch(schedule):
        faults.add(
            f"trigger.schedule: {format_value(schedule)} is not a schedule's name; give 1 to 64 of A-Z a-z 0-9 _ . -"
        )
    if not isinstance(time, str) or not _TIME.fullmatch(time):
        faults.add(f"trigger.time: {format_value(time)} is not a time; give it as 2026-11-21T06:00:00Z")
    faults.raise_if_any()
    return Trigger(schedule=str(schedule), time=str(time))
