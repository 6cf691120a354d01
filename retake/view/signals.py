"""Ctrl-C and similar signals: the first interrupts, the second exits at once."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from retake.view import exit_codes
from retake.view.output import print_stderr

# Supervisors send SIGTERM, and a closed terminal sends SIGHUP. They interrupt a run in the same way.
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def early_interrupts(what: str) -> Iterator[None]:
    """Print a line if Ctrl-C interrupts the block before `what` ("the run") was started. After that, nothing is raised."""
    try:
        yield
    except KeyboardInterrupt:
        print_stderr(f"interrupted before {what} started; nothing was paid")
        raise


@contextmanager
def interrupts(before_exit: Callable[[], None]) -> Iterator[None]:
    """Inside the block, raise `KeyboardInterrupt` in the main thread on the first signal.

    The second signal calls `before_exit()` and ends the process at once. A signal that the parent process set to be
    ignored (`nohup`, a background job) stays ignored.
    """
    received: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if len(received) == 1:
            raise KeyboardInterrupt
        try:
            before_exit()
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
