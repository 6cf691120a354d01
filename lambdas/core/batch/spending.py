"""Compute what was paid: for a run, from its ledgers and the names of its records; for a whole batch, from its counter."""

from dataclasses import dataclass

from lambdas.core.batch.state import BatchState
from lambdas.core.money.budget import read_spent_usd
from lambdas.core.money.ledger import Bill
from lambdas.core.request.batch_item import batch_key
from lambdas.core.run.history import count_attempts, count_images, last_revision
from lambdas.core.runtime.errors import CorruptRecordError
from lambdas.core.runtime.records import LEDGER_FOLDER
from lambdas.core.storage.run_folder import RunFolder

_ROUNDING_USD = 2e-6


@dataclass(frozen=True)
class Spending:
    """The cost and the counts of a run."""

    cost_usd: float = 0.0
    attempts: int = 0
    revisions: int = 0
    images: int = 0
    unread: str = ""
    """The ledgers that are missing from `cost_usd`, because they could not be read; empty if none."""


def read_spending(folder: RunFolder) -> Spending:
    """Return the cost and the counts of the run in this folder. All are 0 if the folder is empty.

    An invalid ledger is skipped, because one step of one item must not prevent the summary of a whole batch.

    Raises:
        RecordError: S3 failed.
    """
    names = folder.names()
    ledgers, unread = [], []
    for name in names:
        if not name.startswith(LEDGER_FOLDER):
            continue
        try:
            ledgers.append(folder.read_json(name) or {"calls": []})
        except CorruptRecordError:
            unread.append(name)
    return Spending(
        Bill.from_ledgers(ledgers).total_usd,
        count_attempts(names),
        last_revision(names),
        count_images(names),
        ", ".join(unread),
    )


def read_batch_cost(batch: BatchState, rows_usd: float) -> float:
    """Return the cost of all generations of a batch, with its removed lines and the earlier contents of changed lines.

    rows_usd: the cost of the rows of this generation. It counts if the counter is lower, because DynamoDB has deleted it.

    Raises:
        RecordError: DynamoDB failed (retried by the state machine).
    """
    *earlier, current = (
        read_spent_usd(batch_key(batch["id"], generation)) for generation in range(1, batch["generation"] + 1)
    )
    # Results are rounded to a millionth of a dollar, the counter to a billionth.
    is_same = abs(current - rows_usd) <= _ROUNDING_USD * max(1, batch["items"])
    return round(sum(earlier) + (rows_usd if is_same else max(current, rows_usd)), 6)
