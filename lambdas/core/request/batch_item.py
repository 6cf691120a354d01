"""What makes a run an item of a batch."""

import re
from dataclasses import dataclass
from typing import Any

from lambdas.core.request.fields import Number, Text, Whole, format_value, refuse_unknown
from lambdas.core.runtime.errors import InvalidRequestError

COST = Number(0, 1_000_000, above=True)
BATCH_ID = re.compile(r"(?!.*--)[A-Za-z0-9_-]{1,38}")
ITEM_ID = re.compile(r"(?!.*--)[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """The batch that a run is an item of. Plan batch writes it, never a user."""

    id: str
    max_cost_usd: float
    generation: int = 1
    """How often everything was asked for anew (`rerun: all`); each generation has a ceiling of its own."""
    execution: str = ""
    """The name of the batch's execution, which counts what of it has ended."""

    @property
    def key(self) -> str:
        """What the batch's spending is counted under."""
        return batch_key(self.id, self.generation)

    @property
    def counter(self) -> str:
        """What the ended items of this execution are counted under."""
        return f"{self.key}@{self.execution}"


def batch_key(batch_id: str, generation: int) -> str:
    """What a generation of the batch counts its spending under."""
    return f"{batch_id}#{generation}"


def make_run_id(batch_id: str, item_id: str) -> str:
    """The run id of an item."""
    return f"{batch_id}--{item_id}"


def parse_item_id(run_id: str) -> str:
    """The item's id in its run id."""
    return run_id.partition("--")[2]


def parse_batch(value: Any, run_id: Any, max_cost_usd: float) -> Batch:
    """The batch in an event whose run id is `run_id`; its ceiling is never above `max_cost_usd`.

    Raises:
        InvalidRequestError: it is no batch, or the run is no item of it.
    """
    if not isinstance(value, dict):
        raise InvalidRequestError(f"batch: {format_value(value)} is not an object; it is not for events, leave it out")
    refuse_unknown("batch.", value, ("id", "max_cost_usd", "generation", "execution"))
    batch_id = value.get("id")
    if not isinstance(batch_id, str) or not BATCH_ID.fullmatch(batch_id):
        raise InvalidRequestError(
            f"batch.id: {format_value(batch_id)} is no batch's id; it is not for events, leave it out"
        )
    if not isinstance(run_id, str) or not run_id.startswith(f"{batch_id}--"):
        raise InvalidRequestError(f"run_id: {format_value(run_id)} is no item of the batch {batch_id}; leave batch out")
    ceiling_usd = COST.check("batch.max_cost_usd", value.get("max_cost_usd"))
    generation = Whole(1, 9_999).check("batch.generation", value.get("generation", 1))
    execution = Text(80).check("batch.execution", value["execution"]) if value.get("execution") else ""
    return Batch(id=batch_id, max_cost_usd=min(ceiling_usd, max_cost_usd), generation=generation, execution=execution)
