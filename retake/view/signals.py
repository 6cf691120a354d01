"""Ctrl-C, and its kin: the first interrupts, the second leaves at once."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from retake.view import exit_codes

# A supervisor sends SIGTERM, a terminal that is closed SIGHUP: the record is as much worth to them.
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def interrupts(before_leaving: Callable[[], None]) -> Iterator[None]:
    """For the length of the block, the first signal raises `KeyboardInterrupt` in the main thread.

    The second calls `before_leaving()` and ends the process, whatever is under way. A signal that the process was
    started to ignore (`nohup`, a job in the background) stays ignored.
    """
    came: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:
            raise KeyboardInterrupt
        try:
            before_leaving()
        finally:
            os._exit(exit_codes.INTERRUPTED)

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    handled = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])
