"""The ledger of a step: every paid call, written with its highest possible cost before it is made, then settled.

A call that was never settled, because the function was killed or no answer came, counts as paid at its reserved cost.
So the run's ceiling holds even if a step is killed and invoked again.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from lambdas.core.money.budget import Budget, batch_budget
from lambdas.core.request.request import Request
from lambdas.core.runtime import metrics
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.observability import logger
from lambdas.core.runtime.records import LEDGER_FOLDER
from lambdas.core.storage.run_folder import RunFolder

Kind = Literal["image", "claude"]
Engine = Literal["bedrock", "stand-in"]

_EPSILON_USD = 1e-9


class CeilingReachedError(Exception):
    """The next call could pass the ceiling of the run or of its batch, so it was not made. Handlers return an outcome."""


@dataclass
class PaidCall:
    """One paid call of a model."""

    kind: Kind
    purpose: str
    """For pictures "attempt", else the `purpose` of the question to Claude."""
    model_id: str
    reserved_usd: float
    """The most that the call can cost."""
    cost_usd: float | None = None
    """The list price of what was used; None until the call is settled."""
    input_tokens: int = 0
    output_tokens: int = 0
    engine: Engine | None = None
    """The service that answered; None without an answer, and in ledgers of an earlier release."""

    @property
    def counted_usd(self) -> float:
        """The amount that counts towards the ceiling, in USD."""
        return self.reserved_usd if self.cost_usd is None else self.cost_usd


@dataclass
class Ledger:
    """The paid calls of one step of a run."""

    folder: RunFolder
    step: str
    """The file's name without ".json". It depends only on the step, the revision and the attempt."""
    spent_before_usd: float
    """The cost of the run's earlier steps."""
    ceiling_usd: float
    calls: list[PaidCall] = field(default_factory=list)
    budget: Budget | None = None
    """The budget of a run in a batch; None for a single run."""
    _ahead_usd: float = 0.0
    _emitted_usd: float = field(init=False)
    """The part of `step_usd` that was already emitted as the metric SpentUsd."""

    def __post_init__(self) -> None:
        self._emitted_usd = sum(call.cost_usd for call in self.calls if call.cost_usd is not None)

    @classmethod
    def open(
        cls,
        folder: RunFolder,
        step: str,
        spent_before_usd: float,
        ceiling_usd: float,
        budget: Budget | None = None,
    ) -> "Ledger":
        """Return the step's ledger, with the calls of an earlier invocation of the same step."""
        written = folder.read_json(f"{LEDGER_FOLDER}{step}.json") or {"calls": []}
        return cls(folder, step, spent_before_usd, ceiling_usd, [PaidCall(**call) for call in written["calls"]], budget)

    @classmethod
    def of_step(cls, folder: RunFolder, step: str, request: Request, *, spent_usd: float, is_resumed: bool) -> "Ledger":
        """Return the ledger of one step of a run.

        spent_usd: the cost of the steps that this execution has taken so far.
        is_resumed: an earlier execution began the run. It may have paid for later steps, so all other ledgers of the
            run count instead of `spent_usd`.
        """
        if is_resumed:
            others = [name for name in folder.names(LEDGER_FOLDER) if name != f"{LEDGER_FOLDER}{step}.json"]
            spent_usd = Bill.from_ledgers(list(folder.read_many(others).values())).total_usd
        return cls.open(folder, step, spent_usd, request.max_cost_usd, batch_budget(request))

    @property
    def step_usd(self) -> float:
        """The cost of this step, in USD."""
        return round(sum(call.counted_usd for call in self.calls), 8)

    @property
    def spent_usd(self) -> float:
        """The cost of the run so far, this step included, in USD."""
        return round(self.spent_before_usd + self.step_usd, 8)

    def reserve(self, calls: list[PaidCall], followed_by_usd: float = 0.0) -> None:
        """Add the calls to the ledger before they are made.

        followed_by_usd: the most that the step after them can cost. It must fit under the ceiling too, because a picture
            without a verdict is wasted.

        Raises:
            CeilingReachedError: the calls and the step after them could pass the ceiling. The ledger is unchanged.
            RecordError: S3 or DynamoDB failed (retried by the state machine).
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
        self._count_request()

    def write(self) -> None:
        """Write the ledger to the run's folder, emit its new costs, and return unused amounts to the batch.

        Raises:
            RecordError: S3 failed (retried by the state machine).
        """
        self._put()
        self._count_spending()
        if self.budget:
            try:
                worst_here_usd = sum(call.counted_usd for call in self.calls)
                self.budget.hold(self.step, worst_here_usd, self._ahead_usd, is_paid=True)
            except RecordError:
                # Do not fail over this, because the answer is paid for. The batch then counts more than was paid.
                message = "the unused reservation was not returned to the batch"
                logger.warning(message, extra={"run_id": self.folder.run_id, "step": self.step})

    def _count_request(self) -> None:
        # The zero gives BatchItemsEnded data while a batch runs. Without it, an alarm could not distinguish a batch in
        # which no item ends from no batch at all.
        metrics.emit({"ModelRequests": 1, **({"BatchItemsEnded": 0} if self.budget else {})})

    def _count_spending(self) -> None:
        # Emit a cost when it arises, not when the run ends: a stopped run counts, and a resumed run counts only once.
        paid_usd = self.step_usd
        if paid_usd > self._emitted_usd:
            metrics.emit({}, usd={"SpentUsd": round(paid_usd - self._emitted_usd, 8)})
            self._emitted_usd = paid_usd

    def _put(self) -> None:
        self.folder.write_json(f"{LEDGER_FOLDER}{self.step}.json", {"calls": [asdict(call) for call in self.calls]})


def least_real(engines: Iterable[Engine | None]) -> Engine | None:
    """Return "stand-in" if it is among the engines, else "bedrock" if that is, else None."""
    found = set(engines)
    return "stand-in" if "stand-in" in found else "bedrock" if "bedrock" in found else None


@dataclass(frozen=True)
class Bill:
    """The cost of a run by kind of model, in USD."""

    image_usd: float = 0.0
    claude_usd: float = 0.0
    engine: Engine | None = None
    """The service that answered the run's calls: the stand-in if it answered any of them; None if no call was answered."""

    @property
    def total_usd(self) -> float:
        """The cost of the run."""
        return round(self.image_usd + self.claude_usd, 6)

    @classmethod
    def from_ledgers(cls, ledgers: list[dict[str, Any]]) -> "Bill":
        """Return the bill of a run from the objects in its ledger files."""
        calls = [PaidCall(**call) for ledger in ledgers for call in ledger["calls"]]
        return cls(
            image_usd=round(sum(call.counted_usd for call in calls if call.kind == "image"), 6),
            claude_usd=round(sum(call.counted_usd for call in calls if call.kind == "claude"), 6),
            engine=least_real(call.engine for call in calls),
        )
