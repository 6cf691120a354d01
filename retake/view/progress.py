"""The progress of a run: plain lines, one per attempt, or a live view on a terminal."""

import os
import threading
from dataclasses import dataclass
from typing import Protocol, TextIO

from lambdas.core.run.statuses import Tone
from retake.view.output import is_quiet, is_verbose, printable

_TONES: dict[str, Tone] = {"YES": "good", "NO": "bad"}


@dataclass(frozen=True)
class AttemptRow:
    """One attempt, as views show it."""

    revision: int
    attempt: int
    seed: int | None
    duration_s: float | None
    """None if an earlier execution of the run made everything."""
    verdict: str
    """YES, NO or BLOCKED."""
    score: str
    """The share of requirements met, e.g. "3/5"; empty without a verdict."""
    missing: str
    """The failed requirements, or why the attempt was blocked; empty if accepted."""
    spent_usd: float
    """The cost of the run so far."""

    @property
    def tone(self) -> Tone:
        """The tone of the verdict. A block by the content filter is neither good nor bad."""
        return _TONES.get(self.verdict, "fair")

    @property
    def label(self) -> str:
        """The name of its folder, with a space: `r01 a02`."""
        return f"r{self.revision:02d} a{self.attempt:02d}"

    @property
    def duration(self) -> str:
        """`2.1 s`, or `reused`."""
        return "reused" if self.duration_s is None else f"{self.duration_s:.1f} s"

    def format(self) -> str:
        """Return e.g. `r01 a02  seed 123  2.1 s  NO 3/5  missing: full moon (crescent seen) · $0.0412`."""
        verdict = f"{self.verdict} {self.score}".strip()
        parts = [self.label, f"seed {self.seed}" if self.seed is not None else "", self.duration, verdict]
        if self.missing:
            parts.append(f"missing: {self.missing}" if self.verdict == "NO" else self.missing)
        return f"{'  '.join(part for part in parts if part)} · ${self.spent_usd:.4f}"


class View(Protocol):
    """Shows the progress of a run. No method may raise or block: they are called in the thread of the run."""

    def step(self, text: str) -> None:
        """Show the current step."""

    def line(self, text: str) -> None:
        """Show a line that stays."""

    def attempt(self, row: AttemptRow) -> None:
        """Show an attempt that was judged or blocked."""

    def close(self) -> None:
        """Restore the terminal. Later calls show nothing."""

    def abort(self) -> None:
        """Restore the terminal from a signal handler, when the process exits at once."""


class PlainView:
    """Prints lines, for a log or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._closed = False

    def step(self, text: str) -> None:
        """Print the step with -v. A log otherwise records what has been done, not what is in progress."""
        if is_verbose():
            self.line(f"{text} …")

    def line(self, text: str) -> None:
        """Print the text on one line, unless with -q."""
        with self._lock:
            if self._closed or is_quiet():
                return
            try:
                print(printable(text), file=self._stream, flush=True)
            except (OSError, ValueError):
                # The reader is gone; the run continues.
                self._closed = True

    def attempt(self, row: AttemptRow) -> None:
        """Print the attempt on one line."""
        self.line(row.format())

    def close(self) -> None:
        """Print nothing more."""
        with self._lock:
            self._closed = True

    def abort(self) -> None:
        """Do nothing: plain lines leave nothing to restore."""


def make_view(stream: TextIO) -> View:
    """Return a view for the stream: live on a terminal that can move its cursor, otherwise plain. -v is plain, too."""
    if is_quiet() or is_verbose() or not stream.isatty() or os.environ.get("TERM", "") in ("", "dumb"):
        return PlainView(stream)
    # Imported here because a pipe does not need it.
    from retake.view.live import LiveView

    return LiveView(stream)
