"""How often AWS is asked: often while something happens, seldom while nothing does."""

import time

_MORE = 1.25


class Pace:
    """The waits between polls, from `shortest_s` up to `longest_s` seconds."""

    def __init__(self, shortest_s: float, longest_s: float) -> None:
        self._shortest_s = shortest_s
        self._longest_s = longest_s
        self._next_s = shortest_s

    def wait(self, *, something_new: bool) -> None:
        """Wait for the next poll."""
        self._next_s = self._shortest_s if something_new else min(self._next_s * _MORE, self._longest_s)
        time.sleep(self._next_s)
