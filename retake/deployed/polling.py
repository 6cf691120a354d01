"""How often a poll asks AWS: often while something changes, less often while nothing does."""

import time

_GROWTH = 1.25


class Pace:
    """The waits between polls, from `shortest_s` up to `longest_s` seconds."""

    def __init__(self, shortest_s: float, longest_s: float) -> None:
        self._shortest_s = shortest_s
        self._longest_s = longest_s
        self._next_s = shortest_s

    def wait(self, *, has_changed: bool) -> None:
        """Wait before the next poll: the shortest time after a change, a longer time after each poll without one."""
        self._next_s = self._shortest_s if has_changed else min(self._next_s * _GROWTH, self._longest_s)
        time.sleep(self._next_s)
