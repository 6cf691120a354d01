"""Compute the cost and the counts of a run that left no result, from its ledgers and the names of its records."""

import json
from dataclasses import dataclass

from lambdas.core.money.ledger import FOLDER as LEDGER_FOLDER
from lambdas.core.money.ledger import Bill
from lambdas.core.run.history import count_attempts, count_images, last_revision
from lambdas.core.storage.run_folder import RunFolder


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
            ledger = json.loads(folder.read(name) or b'{"calls": []}')
            Bill.from_ledgers([ledger])
        except (ValueError, KeyError, TypeError):
            unread.append(name)
        else:
            ledgers.append(ledger)
    return Spending(
        Bill.from_ledgers(ledgers).total_usd,
        count_attempts(names),
        last_revision(names),
        count_images(names),
        ", ".join(unread),
    )
