"""What a batch tells of itself while it runs: a bar on a terminal, a line an item otherwise."""

import json
import os
import re
import threading
import time
from typing import Any, Protocol, TextIO

from local.progress import printable

_RESULT = re.compile(r"(?P<batch>[^/]+)--(?P<item>[A-Za-z0-9_-]{1,40})/result\.json")


class BatchView(Protocol):
    """Where progress is told."""

    def line(self, text: str) -> None:
        """Something worth keeping."""

    def planned(self, plan: dict[str, Any]) -> None:
        """The plan is made: plan.json."""

    def item(self, item_id: str, result: dict[str, Any]) -> None:
        """An item has ended: its result.json."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Counts:
    """How many items have ended, and how."""

    def __init__(self) -> None:
        self.items = 0
        self.ended: dict[str, str] = {}
        self.cost_usd = 0.0

    @property
    def accepted(self) -> int:
        """Items with an accepted picture."""
        return list(self.ended.values()).count("ACCEPTED")

    def add(self, item_id: str, result: dict[str, Any]) -> None:
        """Count one item."""
        self.ended[item_id] = str(result["status"])
        self.cost_usd += result["cost"]["total_usd"]

    def told(self) -> str:
        """`3 of 6, 2 accepted, 1 not, $0.1234`."""
        done = len(self.ended)
        return f"{done} of {self.items}, {self.accepted} accepted, {done - self.accepted} not, ${self.cost_usd:.4f}"


class PlainBatchView:
    """Lines for a log or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._counts = Counts()

    def line(self, text: str) -> None:
        """One line."""
        print(printable(text), file=self._stream, flush=True)

    def planned(self, plan: dict[str, Any]) -> None:
        """What there is to do."""
        self._counts.items = plan["items"]
        self.line(plan_told(plan))

    def item(self, item_id: str, result: dict[str, Any]) -> None:
        """A line for an item that has ended."""
        self._counts.add(item_id, result)
        missed = failed_told(result)
        self.line(f"{item_id}  {result['status']}{missed}  ({self._counts.told()})")

    def close(self) -> None:
        """Nothing to leave."""


class LiveBatchView:
    """A bar at the bottom of the terminal; lines go above it and stay."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._counts = Counts()
        self._started_s = time.monotonic()
        self._progress = Progress(
            MofNCompleteColumn(),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[told]}"),
            TimeRemainingColumn(),
            console=Console(file=stream, highlight=False),
            redirect_stdout=False,
            redirect_stderr=False,
            expand=True,
        )
        self._task = self._progress.add_task("items", total=None, told="planning")
        self._progress.start()

    def line(self, text: str) -> None:
        """Printed above the bar."""
        self._progress.console.print(printable(text), markup=False)

    def planned(self, plan: dict[str, Any]) -> None:
        """What there is to do."""
        self._counts.items = plan["items"]
        self.line(plan_told(plan))
        self._progress.update(self._task, total=plan["items"], told=self._told())

    def item(self, item_id: str, result: dict[str, Any]) -> None:
        """The bar goes on; only what was not accepted gets a line."""
        self._counts.add(item_id, result)
        if result["status"] != "ACCEPTED":
            self.line(f"{item_id}  {result['status']}{failed_told(result)}")
        self._progress.update(self._task, completed=len(self._counts.ended), told=self._told())

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._progress.stop()

    def _told(self) -> str:
        counts = self._counts
        done = len(counts.ended)
        per_minute = 60 * done / max(time.monotonic() - self._started_s, 0.001)
        return f"{per_minute:.0f}/min, {counts.accepted} accepted, {done - counts.accepted} not, ${counts.cost_usd:.4f}"


class BatchWatch:
    """Reads the records as they are written, and tells the view."""

    def __init__(self, batch_id: str, view: BatchView) -> None:
        self._batch_id = batch_id
        self._view = view
        self._telling = threading.Lock()

    def on_object(self, path: str, body: bytes) -> None:
        """Called in the thread that wrote the object, for every object."""
        found = _RESULT.fullmatch(path)
        if found and found["batch"] == self._batch_id:
            with self._telling:
                self._view.item(found["item"], json.loads(body))
        elif path == f"batch/{self._batch_id}/plan/plan.json":
            with self._telling:
                self._view.planned(json.loads(body))


def batch_view_on(stream: TextIO) -> BatchView:
    """The view that fits the stream: a bar on a terminal that can move its cursor, else lines."""
    is_terminal = stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    return LiveBatchView(stream) if is_terminal else PlainBatchView(stream)


def plan_told(plan: dict[str, Any]) -> str:
    """The plan in one line."""
    return (
        f"{plan['lines']} lines: {plan['items']} items, {plan['rejected']} rejected, {plan['skipped']} skipped as "
        f"duplicates; worst case ${plan['worst_case_usd']:.2f}, expected ${plan['expected_usd']:.2f}, "
        f"ceiling ${plan['max_cost_usd']:.2f}"
    )


def failed_told(result: dict[str, Any]) -> str:
    """Why an item was not accepted: what its best picture misses, or the fault."""
    if result["status"] == "ACCEPTED":
        return ""
    verdict = result.get("verdict") or {"checks": []}
    missed = [check["observed"] for check in verdict["checks"] if not check["met"]]
    said = "; ".join(missed[:3]) if missed else result.get("message", "")
    return f"  {said}" if said else ""
