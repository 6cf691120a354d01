"""The ledger: every paid call of a step, written down before it is made and settled when it is answered.

A call that is never settled (the function was killed, the answer did not come) counts as paid, at what was reserved
for it. So the run's ceiling holds even when a step is killed and invoked again.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from lambdas.core.money.budget import Budget, batch_budget
from lambdas.core.request.request import Request
from lambdas.core.runtime import metrics
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.observability import logger
from lambdas.core.storage.run_folder import RunFolder

Kind = Literal["image", "claude"]
FOLDER = "ledger/"

_EPSILON_USD = 1e-9


class CeilingReachedError(Exception):
    """The next call could pass the ceiling of the run, or of its batch, so it was not made. The handler turns it into an outcome."""


@dataclass
class PaidCall:
    """One call of a model that costs money."""

    kind: Kind
    purpose: str
    model_id: str
    reserved_usd: float
    cost_usd: float | None = None
    """None until the call is answered."""
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def counted_usd(self) -> float:
        """What the ceiling counts for it."""
        return self.reserved_usd if self.cost_usd is None else self.cost_usd


@dataclass
class Ledger:
    """The paid calls of one step of a run."""

    folder: RunFolder
    step: str
    """Names the file, so it follows from (what, revision, attempt)."""
    spent_before_usd: float
    """What the run's earlier steps paid."""
    ceiling_usd: float
    calls: list[PaidCall] = field(default_factory=list)
    budget: Budget | None = None
    """The run's share of its batch's ceiling; None for a run of its own."""
    _ahead_usd: float = 0.0
    _told_usd: float = field(init=False)
    """What of `step_usd` the metric SpentUsd already has."""

    def __post_init__(self) -> None:
        self._told_usd = sum(call.cost_usd for call in self.calls if call.cost_usd is not None)

    @classmethod
    def open(
        cls,
        folder: RunFolder,
        step: str,
        spent_before_usd: float,
        ceiling_usd: float,
        budget: Budget | None = None,
    ) -> "Ledger":
        """The step's ledger, with the calls of an earlier invocation of the same step."""
        written = folder.read_json(f"{FOLDER}{step}.json") or {"calls": []}
        return cls(folder, step, spent_before_usd, ceiling_usd, [PaidCall(**call) for call in written["calls"]], budget)

    @classmethod
    def of_step(cls, folder: RunFolder, step: str, request: Request, *, spent_usd: float, is_resumed: bool) -> "Ledger":
        """Return the ledger of one step of a run.

        spent_usd: the cost of the steps that this execution has taken so far.
        is_resumed: an earlier execution began the run. It may have paid for later steps, so all other ledgers of the
            run count instead of `spent_usd`.
        """
        if is_resumed:
            others = [name for name in folder.names(FOLDER) if name != f"{FOLDER}{step}.json"]
            spent_usd = Bill.from_ledgers(list(folder.read_many(others).values())).total_usd
        return cls.open(folder, step, spent_usd, request.max_cost_usd, batch_budget(request))

    @property
    def step_usd(self) -> float:
        """What this step has paid, in USD."""
        return round(sum(call.counted_usd for call in self.calls), 8)

    @property
    def spent_usd(self) -> float:
        """What the run has paid, this step included, in USD."""
        return round(self.spent_before_usd + self.step_usd, 8)

    def reserve(self, calls: list[PaidCall], followed_by_usd: float = 0.0) -> None:
        """Write the calls down before they are made.

        `followed_by_usd` is what must be left for the step after them: a picture without a verdict is money lost.

        Raises:
            CeilingReachedError: the calls and what follows them could pass the ceiling; nothing was written.
        """
        worst_usd = self.spent_usd + sum(call.reserved_usd for call in calls) + followed_by_usd
        if worst_usd > self.ceiling_usd + _EPSILON_USD:
            raise CeilingReachedError(f"${self.spent_usd:.4f} spent; the next step could pass ${self.ceiling_usd:.4f}")
        worst_here_usd = sum(call.counted_usd for call in [*self.calls, *calls])
        if self.budget and not self.budget.hold(self.step, worst_here_usd, followed_by_usd):
            raise CeilingReachedError(f"the next step could pass the batch's ${self.budget.ceiling_usd:.4f}")
        self.calls.extend(calls)
        self._ahead_usd = followed_by_usd
        self._put()
        self._tell_that_a_model_is_asked()

    def write(self) -> None:
        """Put the ledger, settled calls and open ones, into the run's folder; the batch gets back what was not used."""
        self._put()
        self._tell_what_was_paid()
        if self.budget:
            try:
                self.budget.hold(self.step, sum(call.counted_usd for call in self.calls), self._ahead_usd)
            except RecordError:
                # The answer is paid for and must not be lost over this: the batch then counts more than was paid.
                logger.warning("not given back to the batch", extra={"run_id": self.folder.run_id, "step": self.step})

    def _tell_that_a_model_is_asked(self) -> None:
        # An item that asks has not ended: the zero makes BatchItemsEnded a metric with data whenever a batch works, so
        # that an alarm sees the difference between a batch from which nothing comes and no batch.
        metrics.emit({"ModelRequests": 1, **({"BatchItemsEnded": 0} if self.budget else {})})

    def _tell_what_was_paid(self) -> None:
        # As it is paid, not as the run ends: a run that is stopped was paid for too, and one that is resumed only once.
        paid_usd = self.step_usd
        if paid_usd > self._told_usd:
            metrics.emit({}, usd={"SpentUsd": round(paid_usd - self._told_usd, 8)})
            self._told_usd = paid_usd

    def _put(self) -> None:
        self.folder.write_json(f"{FOLDER}{self.step}.json", {"calls": [asdict(call) for call in self.calls]})


@dataclass(frozen=True)
class Bill:
    """What a run has paid, by kind, in USD."""

    image_usd: float = 0.0
    claude_usd: float = 0.0

    @property
    def total_usd(self) -> float:
        """The sum."""
        return round(self.image_usd + self.claude_usd, 6)

    @classmethod
    def from_ledgers(cls, ledgers: list[dict[str, Any]]) -> "Bill":
        """The bill over the run's ledger files."""
        calls = [PaidCall(**call) for ledger in ledgers for call in ledger["calls"]]
        return cls(
            image_usd=round(sum(call.counted_usd for call in calls if call.kind == "image"), 6),
            claude_usd=round(sum(call.counted_usd for call in calls if call.kind == "claude"), 6),
        )
