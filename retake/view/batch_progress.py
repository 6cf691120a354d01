"""What a batch tells of itself while it runs: a bar on a terminal, a line an item otherwise."""

import json
import os
import re
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

from lambdas.core.run.statuses import ACCEPTED
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, PLAN
from lambdas.core.runtime.functions import FUNCTIONS
from retake.view.output import printable

# What a log of a whole night should hold at most.
_MOST_LINES = 100
# A changed line, and a rerun of all, has its folder below one more.
_RESULT = re.compile(r"(?:.+/)?(?P<batch>[^/]+)--(?P<item>[A-Za-z0-9_-]{1,40})/result\.json")


@dataclass(frozen=True)
class Counts:
    """How many items have ended, and how."""

    items: int = 0
    ended: int = 0
    accepted: int = 0
    """Of those that have ended."""
    cost_usd: float = 0.0
    """In AWS also what the calls under way may cost."""

    def told(self) -> str:
        """`3 of 6, 2 accepted, 1 not, $0.1234`."""
        not_accepted = self.ended - self.accepted
        return f"{self.ended} of {self.items}, {self.accepted} accepted, {not_accepted} not, ${self.cost_usd:.4f}"


class BatchView(Protocol):
    """Where progress is told."""

    def line(self, text: str) -> None:
        """Something worth keeping."""

    def step(self, text: str) -> None:
        """What goes on from now, before there is anything to count."""

    def planned(self, plan: dict[str, Any]) -> None:
        """The plan is made: plan.json."""

    def item(self, item_id: str, result: dict[str, Any], counts: Counts) -> None:
        """An item has ended: its result.json."""

    def counted(self, counts: Counts) -> None:
        """Items have ended; which, is not known here."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class PlainBatchView:
    """Lines for a log or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told: tuple[int, bool] | None = None

    def line(self, text: str) -> None:
        """One line."""
        print(printable(text), file=self._stream, flush=True)

    def step(self, text: str) -> None:
        """Nothing: a log wants what was done, not what is being done."""

    def planned(self, plan: dict[str, Any]) -> None:
        """What there is to do."""
        self.line(plan_told(plan))

    def item(self, item_id: str, result: dict[str, Any], counts: Counts) -> None:
        """A line for an item that has ended."""
        missed = failed_told(result)
        self.line(f"{item_id}  {result['status']}{missed}  ({counts.told()})")

    def counted(self, counts: Counts) -> None:
        """A line for the items that have ended since the last; in a large batch, for each hundredth of them."""
        told = (counts.ended // max(1, counts.items // _MOST_LINES), counts.ended == counts.items)
        if told != self._told:
            self._told = told
            self.line(counts.told())

    def close(self) -> None:
        """Nothing to leave."""


class LiveBatchView:
    """A bar at the bottom of the terminal; lines go above it and stay."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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
        self._task = self._progress.add_task("items", total=None, told=FUNCTIONS["plan"].progress)
        self._progress.start()

    def line(self, text: str) -> None:
        """Printed above the bar."""
        # Not broken at the terminal's edge: a line may hold an address to copy.
        self._progress.console.print(printable(text), markup=False, soft_wrap=True)

    def step(self, text: str) -> None:
        """Beside the bar, which does not know yet how far it goes."""
        self._progress.update(self._task, told=printable(text))

    def planned(self, plan: dict[str, Any]) -> None:
        """What there is to do."""
        self.line(plan_told(plan))
        self._progress.update(self._task, total=plan["items"])
        self.counted(Counts(plan["items"]))

    def item(self, item_id: str, result: dict[str, Any], counts: Counts) -> None:
        """The bar goes on; only what was not accepted gets a line."""
        if result["status"] != ACCEPTED.name:
            self.line(f"{item_id}  {result['status']}{failed_told(result)}")
        self.counted(counts)

    def counted(self, counts: Counts) -> None:
        """The bar goes on."""
        per_minute = 60 * counts.ended / max(time.monotonic() - self._started_s, 0.001)
        told = f"{counts.accepted} accepted, {counts.ended - counts.accepted} not, ${counts.cost_usd:.4f}"
        self._progress.update(self._task, completed=counts.ended, told=f"{per_minute:.0f}/min, {told}")

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._progress.stop()


class BatchWatch:
    """Reads the records as they are written, and tells the view."""

    def __init__(self, batch_id: str, view: BatchView) -> None:
        self._batch_id = batch_id
        self._view = view
        self._telling = threading.Lock()
        self._items = 0
        self._ended: dict[str, tuple[str, float]] = {}

    def on_object(self, path: str, body: bytes) -> None:
        """Called in the thread that wrote the object, for every object."""
        found = _RESULT.fullmatch(path)
        if found and found["batch"] == self._batch_id:
            result = json.loads(body)
            with self._telling:
                # By its id: a Conclude that is invoked again writes the result again.
                self._ended[found["item"]] = (str(result["status"]), result["cost"]["total_usd"])
                self._view.item(found["item"], result, self._counts())
        elif path == f"{BATCH_FOLDER}/{self._batch_id}/{PLAN}":
            plan = json.loads(body)
            with self._telling:
                self._items = plan["items"]
                self._view.planned(plan)

    def _counts(self) -> Counts:
        ends = self._ended.values()
        accepted = sum(status == ACCEPTED.name for status, _ in ends)
        return Counts(self._items, len(ends), accepted, sum(cost_usd for _, cost_usd in ends))


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
    if result["status"] == ACCEPTED.name:
        return ""
    verdict = result.get("verdict") or {"checks": []}
    missed = [check["observed"] for check in verdict["checks"] if not check["met"]]
    said = "; ".join(missed[:3]) if missed else result.get("message", "")
    return f"  {said}" if said else ""
