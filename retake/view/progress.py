"""What a run tells of itself while it goes on: plain lines, one an attempt, or a live view on a terminal."""

import os
import threading
from dataclasses import dataclass
from typing import Protocol, TextIO

from lambdas.core.run.statuses import Tone
from retake.view.output import printable

_TONES: dict[str, Tone] = {"YES": "good", "NO": "bad"}


@dataclass(frozen=True)
class AttemptRow:
    """One attempt, as it is shown."""

    revision: int
    attempt: int
    seed: int | None
    duration_s: float | None
    """None when everything was made by an earlier execution of the run."""
    verdict: str
    """YES, NO or BLOCKED."""
    score: str
    """Requirements met, of all: "3/5"; empty without a verdict."""
    missing: str
    """What is missing, or why it was blocked; empty when accepted."""
    spent_usd: float
    """What the run has cost so far."""

    @property
    def tone(self) -> Tone:
        """How the verdict looks: a refusal by the content filter is neither a good picture nor a bad one."""
        return _TONES.get(self.verdict, "fair")

    @property
    def label(self) -> str:
        """As its folder is called: `r01 a02`."""
        return f"r{self.revision:02d} a{self.attempt:02d}"

    @property
    def duration(self) -> str:
        """`2.1 s`, or `reused`."""
        return "reused" if self.duration_s is None else f"{self.duration_s:.1f} s"


class View(Protocol):
    """Where progress is told. Nothing of it may fail, or wait for the run: it is called from the run's own thread."""

    def step(self, text: str) -> None:
        """What goes on from now."""

    def line(self, text: str) -> None:
        """Something worth keeping."""

    def attempt(self, row: AttemptRow) -> None:
        """An attempt that has its verdict."""

    def close(self) -> None:
        """Leave the terminal as it was; what is told later is dropped."""

    def leave(self) -> None:
        """The same for a process that ends now, whatever it is in the middle of (called by a signal)."""


class PlainView:
    """Lines for a log or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._closed = False

    def step(self, text: str) -> None:
        """Nothing: a log wants what was done, not what is being done."""

    def line(self, text: str) -> None:
        """The text on one line."""
        with self._lock:
            if self._closed:
                return
            try:
                print(printable(text), file=self._stream, flush=True)
            except (OSError, ValueError):
                # Nobody reads any more; the run goes on.
                self._closed = True

    def attempt(self, row: AttemptRow) -> None:
        """As `r01 a02  seed 123  2.1 s  NO 3/5  missing: full moon (crescent seen) · $0.0412`."""
        verdict = f"{row.verdict} {row.score}".strip()
        parts = [row.label, f"seed {row.seed}" if row.seed is not None else "", row.duration, verdict]
        if row.missing:
            parts.append(f"missing: {row.missing}" if row.verdict == "NO" else row.missing)
        self.line(f"{'  '.join(part for part in parts if part)} · ${row.spent_usd:.4f}")

    def close(self) -> None:
        """Tell nothing more."""
        with self._lock:
            self._closed = True

    def leave(self) -> None:
        """Nothing: lines need no mending."""


def view_on(stream: TextIO) -> View:
    """The view that suits the stream."""
    if not stream.isatty() or os.environ.get("TERM", "") in ("", "dumb"):
        return PlainView(stream)
    # Imported here because a pipe does without it.
    from retake.view.live import LiveView

    return LiveView(stream)
