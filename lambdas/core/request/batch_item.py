"""The ids of a batch and its items, and the `batch` field of an event."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lambdas.core.request.fields import Number, Text, Whole, refuse_unknown
from lambdas.core.runtime.batch_paths import DEFAULTS_ENDING, ENDINGS
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value

COST = Number(0, 1_000_000, above=True)
BATCH_ID = re.compile(r"(?!.*--)[A-Za-z0-9_-]{1,38}")
ITEM_ID = re.compile(r"(?!.*--)[A-Za-z0-9_-]{1,40}")

_NAME_CHARS = 29
_HASH_CHARS = 8


@dataclass(frozen=True, kw_only=True)
class Batch:
    """The batch that a run belongs to. Plan batch writes this field, never a user."""

    id: str
    max_cost_usd: float
    generation: int = 1
    """Counts from 1. `rerun: all` starts the next one; each generation has its own cost ceiling."""
    execution: str = ""
    """The name of the batch's execution. Ended items are counted per execution."""

    @property
    def key(self) -> str:
        """The id of the table's entry with the batch's spending."""
        return batch_key(self.id, self.generation)

    @property
    def counter(self) -> str:
        """The id of the table's entry that counts this execution's ended items."""
        return f"{self.key}@{self.execution}"


def batch_id_of(bucket: str, key: str) -> str:
    """Return the id of the batch of the manifest at this key. Every version of the file is the same batch.

    Raises:
        InvalidRequestError: a manifest cannot have this name.
    """
    name = PurePosixPath(key).name
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
    if ending is None or name.lower().endswith(DEFAULTS_ENDING):
        raise InvalidRequestError(
            f"key: {format_value(name)} is not a manifest; give a file that ends in {', '.join(ENDINGS)}, and not in {DEFAULTS_ENDING}"
        )
    ascii_name = unicodedata.normalize("NFKD", name[: -len(ending)]).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", ascii_name).strip("-")[:_NAME_CHARS].rstrip("-") or "batch"
    return f"{slug}-{hashlib.sha256(f'{bucket}/{key}'.encode()).hexdigest()[:_HASH_CHARS]}"


def batch_key(batch_id: str, generation: int) -> str:
    """Return the id of the table's entry with the spending of one generation of the batch."""
    return f"{batch_id}#{generation}"


def make_run_id(batch_id: str, item_id: str) -> str:
    """Return the run id of an item."""
    return f"{batch_id}--{item_id}"


def parse_item_id(run_id: str) -> str:
    """Return the item's id from its run id."""
    return run_id.partition("--")[2]


def parse_batch(value: Any, run_id: Any, max_cost_usd: float) -> Batch:
    """Parse the `batch` field of an event. Its ceiling is lowered to `max_cost_usd`, the deployment's.

    Raises:
        InvalidRequestError: the field is invalid, or `run_id` is not the id of one of the batch's items.
    """
    if not isinstance(value, dict):
        raise InvalidRequestError(
            f"batch: {format_value(value)} is not an object; only batches set this field, leave it out"
        )
    # `line` and `extra` are for Conclude batch, which reads them in the plan.
    refuse_unknown("batch.", value, ("id", "max_cost_usd", "generation", "execution", "line", "extra"))
    batch_id = value.get("id")
    if not isinstance(batch_id, str) or not BATCH_ID.fullmatch(batch_id):
        raise InvalidRequestError(
            f"batch.id: {format_value(batch_id)} is not a batch's id; only batches set this field, leave it out"
        )
    if not isinstance(run_id, str) or not run_id.startswith(f"{batch_id}--"):
        raise InvalidRequestError(
            f"run_id: {format_value(run_id)} is not an item of the batch {batch_id}; leave batch out"
        )
    ceiling_usd = COST.check("batch.max_cost_usd", value.get("max_cost_usd"))
    generation = Whole(1, 9_999).check("batch.generation", value.get("generation", 1))
    execution = Text(80).check("batch.execution", value["execution"]) if value.get("execution") else ""
    return Batch(id=batch_id, max_cost_usd=min(ceiling_usd, max_cost_usd), generation=generation, execution=execution)
