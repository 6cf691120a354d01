"""The progress of a batch: a bar on a terminal, otherwise one line per item."""

import json
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

from lambdas.core.money.ledger import PaidCall
from lambdas.core.run.statuses import ACCEPTED
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, PLAN
from lambdas.core.runtime.functions import FUNCTIONS
from retake.view.estimate import format_extra_columns, format_lines
from retake.view.output import is_quiet, is_verbose, printable

# A large batch may run all night; its log should stay short.
_MAX_LINES = 100
# On a narrower terminal, the bar, the rate and the remaining time are left out.
_WIDE_COLUMNS = 70
# Changed lines and reruns have their run folders in a subfolder.
_RECORD = re.compile(
    r"(?:.+/)?(?P<batch>[^/]+)--(?P<item>[A-Za-z0-9_-]{1,40})/(?:(?P<result>result)|ledger/[^/]+)\.json"
)


@dataclass(frozen=True)
class Counts:
    """The numbers of ended and accepted items, and the cost."""

    items: int = 0
    ended: int = 0
    accepted: int = 0
    """How many of the ended items are accepted."""
    reused: int = 0
    """How many of the accepted items an earlier execution got accepted."""
    cost_usd: float = 0.0
    """In AWS, this includes the highest possible cost of the calls in flight."""

    def format(self) -> str:
        """Return `3 of 6, 2 accepted (1 reused), 1 not, $0.1234`."""
        return f"{self.ended} of {self.items}, {self.format_ended()}"

    def format_short(self) -> str:
        """Return `3/6, 2 accepted, $0.12`, for a narrow terminal."""
        return f"{self.ended}/{self.items}, {self.accepted} accepted, ${self.cost_usd:.2f}"

    def format_ended(self) -> str:
        """Return `2 accepted (1 reused), 1 not, $0.1234`."""
        reused = f" ({self.reused} reused)" if self.reused else ""
        return f"{self.accepted} accepted{reused}, {self.ended - self.accepted} not, ${self.cost_usd:.4f}"


class BatchView(Protocol):
    """Shows the progress of a batch."""

    def line(self, text: str) -> None:
        """Show a line that stays."""

    def step(self, text: str) -> None:
        """Show the current step, while there is nothing to count yet."""

    def plan(self, plan: dict[str, Any]) -> None:
        """Show the plan, given plan.json."""

    def item(self, item_id: str, result: dict[str, Any], counts: Counts) -> None:
        """Show an ended item, given its result.json."""

    def counts(self, counts: Counts) -> None:
        """Show the counts, when it is not known which items have ended."""

    def close(self) -> None:
        """Restore the terminal."""


class PlainBatchView:
    """Prints lines, for a log or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last_progress: tuple[int, bool] | None = None

    def line(self, text: str) -> None:
        """Print one line, unless with -q."""
        if not is_quiet():
            print(printable(text), file=self._stream, flush=True)

    def step(self, text: str) -> None:
        """Print the step with -v. A log otherwise records what has been done, not what is in progress."""
        if is_verbose():
            self.line(f"{text} …")

    def plan(self, plan: dict[str, Any]) -> None:
        """Print the plan."""
        for line in format_plan_lines(plan):
            self.line(line)

    def item(self, item_id: str, result: dict[str, Any], counts: Counts) -> None:
        """Print a line for the ended item."""
        self.line(f"{item_id}  {result['status']}{format_failure(result)}  ({counts.format()})")

    def counts(self, counts: Counts) -> None:
        """Print the counts. In a large batch, print them once for every hundredth of the items."""
        progress = (counts.ended // max(1, counts.items // _MAX_LINES), counts.ended == counts.items)
        if progress != self._last_progress:
            self._last_progress = progress
            self.line(counts.format())

    def close(self) -> None:
        """Do nothing: there is nothing to restore."""


class LiveBatchView:
    """Shows a bar at the bottom of the terminal. Lines are printed above it."""

    def __init__(self, stream: TextIO) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from retake.view.live import make_console

        self._started_s = time.monotonic()
        console = make_console(stream)
        label = TextColumn("{task.fields[label]}")
        self._is_wide = console.width >= _WIDE_COLUMNS
        self._progress = Progress(
            *(
                (MofNCompleteColumn(), BarColumn(bar_width=None), label, TimeRemainingColumn())
                if self._is_wide
                else (label,)
            ),
            console=console,
            redirect_stdout=False,
            redirect_stderr=False,
            expand=True,
        )
        self._task = self._progress.add_task("items", total=None, label=FUNCTIONS["plan"].progress)
        self._progress.start()

    def line(self, text: str) -> None:
        """Print the line above the bar."""
        # No hard wrap at the edge of the terminal: the line may hold an address to copy.
        self._progress.console.print(printable(text), markup=False, soft_wrap=True)

    def step(self, text: str) -> None:
        """Show the step beside the bar, which has no total yet."""
        self._progress.update(self._task, label=printable(text))

    def plan(self, plan: dict[str, Any]) -> None:
        """Print the plan."""
        for line in format_plan_lines(plan):
            self.line(line)
        self._progress.update(self._task, total=plan["items"])
        self.counts(Counts(plan["items"]))

    def item(self, item_id: str, result: dict[str, Any], counts: Counts) -> None:
        """Advance the bar. Print a line only for an item that was not accepted."""
        if result["status"] != ACCEPTED.name:
            self.line(f"{item_id}  {result['status']}{format_failure(result)}")
        self.counts(counts)

    def counts(self, counts: Counts) -> None:
        """Advance the bar."""
        per_minute = 60 * counts.ended / max(time.monotonic() - self._started_s, 0.001)
        wide, narrow = f"{per_minute:.0f}/min, {counts.format_ended()}", counts.format_short()
        self._progress.update(self._task, completed=counts.ended, label=wide if self._is_wide else narrow)

    def close(self) -> None:
        """Stop the bar, and leave it on the screen."""
        self._progress.stop()


class BatchWatch:
    """Shows the progress of a local batch, by its records as they are written. The cost is the sum of the items' ledgers."""

    def __init__(self, batch_id: str, view: BatchView, remaining: dict[str, Any] | None = None) -> None:
        self._remaining = remaining or {}
        self._batch_id = batch_id
        self._view = view
        self._lock = threading.Lock()
        self._items = 0
        self._is_accepted: dict[str, bool] = {}
        self._reused: set[str] = set()
        self._ledgers_usd: dict[str, float] = {}
        self.earlier_usd = 0.0
        """The cost of earlier processes."""

    @property
    def cost_usd(self) -> float:
        """The cost of the batch, in this process and in earlier ones."""
        return sum(self._ledgers_usd.values())

    @property
    def reused(self) -> int:
        """The number of items that an earlier execution got accepted."""
        return len(self._reused)

    def on_restored(self, path: str, body: bytes) -> None:
        """Count the cost in a record of an earlier process."""
        if self._count_cost(path, body):
            self.earlier_usd = self.cost_usd

    def on_object(self, path: str, body: bytes) -> None:
        """Show a written object if it is a result or the plan. It is called in the thread that wrote the object."""
        found = _RECORD.fullmatch(path)
        if found and found["result"] and found["batch"] == self._batch_id:
            result = json.loads(body)
            with self._lock:
                # Keyed by item id: a Conclude that is invoked again writes the same result again.
                self._is_accepted[found["item"]] = result["status"] == ACCEPTED.name
                self._view.item(found["item"], result, self._counts())
        elif path == f"{BATCH_FOLDER}/{self._batch_id}/{PLAN}":
            plan = json.loads(body)
            with self._lock:
                self._items = plan["items"]
                self._view.plan(plan | self._remaining)
        else:
            self._count_cost(path, body)

    def on_reused(self, item_id: str) -> None:
        """Show that an earlier execution got the item accepted, so its result is not written again."""
        with self._lock:
            self._is_accepted[item_id] = True
            self._reused.add(item_id)
            self._view.counts(self._counts())

    def _count_cost(self, path: str, body: bytes) -> bool:
        """Count the cost in a ledger of an item, and return whether the record is one."""
        found = _RECORD.fullmatch(path)
        is_ledger = found is not None and not found["result"] and found["batch"] == self._batch_id
        if is_ledger:
            with self._lock:
                self._ledgers_usd[path] = sum(PaidCall(**call).counted_usd for call in json.loads(body)["calls"])
        return is_ledger

    def _counts(self) -> Counts:
        ends = self._is_accepted.values()
        return Counts(self._items, len(ends), sum(ends), len(self._reused), self.cost_usd)


def make_batch_view(stream: TextIO) -> BatchView:
    """Return a view for the stream: a bar on a terminal that can move its cursor, otherwise lines. -v shows lines, too."""
    is_terminal = stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    return LiveBatchView(stream) if is_terminal and not is_quiet() and not is_verbose() else PlainBatchView(stream)


def format_plan(plan: dict[str, Any]) -> str:
    """Return the plan on one line."""
    more = " more" if plan.get("accepted_before") else ""
    return (
        f"{format_lines(plan)}; worst case ${plan['worst_case_usd']:.2f}{more}, expected ${plan['expected_usd']:.2f}{more}, "
        f"ceiling ${plan['max_cost_usd']:.2f}"
    )


def format_plan_lines(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the plan on one line, then the doubts about the manifest. An older stack's plan has none."""
    yield format_plan(plan)
    if plan.get("extra_columns"):
        yield f"columns  {format_extra_columns(plan)}"
    for warning in plan.get("warnings", ()):
        yield f"warning  {warning}"


def format_failure(result: dict[str, Any]) -> str:
    """Return why an item was not accepted, with two leading spaces: the failed checks of its best picture, or its message."""
    if result["status"] == ACCEPTED.name:
        return ""
    verdict = result.get("verdict") or {"checks": []}
    observed = [check["observed"] for check in verdict["checks"] if not check["met"]]
    reason = "; ".join(observed[:3]) if observed else result.get("message", "")
    return f"  {reason}" if reason else ""
