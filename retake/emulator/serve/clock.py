"""The clock of EventBridge Scheduler under `retake serve`: the time of this machine, or another one, or a faster one."""

import re
import time
from datetime import UTC, datetime, timedelta

from retake.view.errors import BadInputError

MAX_SPEED = 3_600
_SPEED = re.compile(r"([1-9]\d{0,3})x")


class Clock:
    """A clock that starts at `start` (default: now) when it is first read, and runs `speed` times as fast as this machine's."""

    def __init__(self, start: datetime | None = None, speed: int = 1) -> None:
        self.speed = speed
        self._start = start
        self._started_s: float | None = None

    def now(self) -> datetime:
        """Return the time in UTC."""
        now_s = time.time()
        if self._started_s is None:
            self._started_s = now_s
        start = self._start or datetime.fromtimestamp(self._started_s, UTC)
        return start + timedelta(seconds=(now_s - self._started_s) * self.speed)


def parse_clock(text: str) -> Clock:
    """Parse the value of --clock: a speed such as `60x`, a time such as `2026-12-01T08:59:00Z`, or both with a space.

    Raises:
        BadInputError: it is neither.
    """
    start, speed = None, 1
    for part in text.split():
        if found := _SPEED.fullmatch(part):
            speed = int(found[1])
        else:
            start = _parse_time(text, part)
    if not text.strip() or speed > MAX_SPEED:
        raise _refusal(text)
    return Clock(start, speed)


def _parse_time(text: str, part: str) -> datetime:
    try:
        start = datetime.fromisoformat(part)
    except ValueError:
        raise _refusal(text) from None
    if start.tzinfo is None:
        raise _refusal(text)
    return start.astimezone(UTC)


def _refusal(text: str) -> BadInputError:
    return BadInputError(
        f"--clock {text[:60]}: cannot be used; give a speed (60x, at most {MAX_SPEED}x), a time with its zone "
        '(2026-12-01T08:59:00Z), or both ("2026-12-01T08:59:00Z 60x")'
    )
