"""What a run that left no result has paid and made, told from its ledgers and the names of its records."""

import json
from dataclasses import dataclass

from lambdas.core.money.ledger import FOLDER as LEDGER_FOLDER
from lambdas.core.money.ledger import Bill
from lambdas.core.run.history import count_attempts, last_revision
from lambdas.core.storage.run_folder import RunFolder


@dataclass(frozen=True)
class Spending:
    """What a run has paid and made."""

    cost_usd: float = 0.0
    attempts: int = 0
    revisions: int = 0
    unread: str = ""
    """What `cost_usd` does not hold because it could not be read; empty when it holds everything."""


def read_spending(folder: RunFolder) -> Spending:
    """What the run in this folder has paid and made so far; nothing where there is no such folder.

    A ledger that is no ledger hides one step of one item; it must not keep a whole batch from its summary.

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
        Bill.from_ledgers(ledgers).total_usd, count_attempts(names), last_revision(names), ", ".join(unread)
    )
