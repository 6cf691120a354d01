"""summary.json: the totals of a batch."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lambdas.core.batch.statuses import ACCEPTED, NOT_ALL_ACCEPTED, REFUSED
from lambdas.core.money.ledger import Engine, least_real
from lambdas.core.run.statuses import UNCERTAIN, status_of
from lambdas.core.runtime.batch_paths import REJECTED
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.execution import BatchExecution, Fault

_NO_COUNTS = {"lines": 0, "items": 0, "accepted": 0, "not_accepted": 0, "errors": 0, "rejected": 0, "skipped": 0}


@dataclass
class Tally:
    """The totals over the items' rows."""

    by_status: Counter[str] = field(default_factory=Counter)
    by_count: Counter[str] = field(default_factory=Counter)
    """The number of items by `Status.batch_count`."""
    cost_usd: float = 0.0
    attempts: int = 0
    engine: Engine | None = None

    def add(self, row: dict[str, Any]) -> None:
        """Count one row."""
        self.by_status[row["status"]] += 1
        self.by_count[status_of(row).batch_count] += 1
        self.cost_usd += row["cost_usd"]
        self.attempts += row["attempts"]
        self.engine = least_real((self.engine, row.get("engine")))


def summarize(
    plan: dict[str, Any], tally: Tally, cost_usd: float, execution: BatchExecution, fault: Fault | None
) -> dict[str, Any]:
    """Return the summary of a batch that ran, before its sheet is written.

    cost_usd: the cost of all its records, also of those without a row.
    fault: the map's error; None if the map succeeded.
    """
    items, accepted, errors = plan["items"], tally.by_count["accepted"], tally.by_count["errors"]
    status = ACCEPTED if accepted == items and not plan["rejected"] else NOT_ALL_ACCEPTED
    summary = {
        "status": status.name,
        "message": _message(tally, items, plan["rejected"]),
        "batch_id": plan["batch"]["id"],
        "generation": plan["batch"]["generation"],
        "execution": execution["id"],
        "started_at": execution["started_at"],
        "lines": plan["lines"],
        "items": items,
        "accepted": accepted,
        "not_accepted": items - accepted - errors,
        "errors": errors,
        "rejected": plan["rejected"],
        "skipped": plan["skipped"],
        "by_status": dict(sorted(tally.by_status.items())),
        "attempts": tally.attempts,
        "engine": tally.engine,
        "report_s3_uri": None,
        "report_url": None,
        "warnings": plan.get("warnings", []),
        "cost": {"total_usd": round(cost_usd, 6), "max_usd": plan["max_cost_usd"]},
    }
    if fault:
        summary["fault"] = {"error": fault["error"], "message": (parse_cause(fault["cause"]) or "")[:1_000]}
    return summary


def refusal(batch_id: str | None, execution_arn: str, message: str) -> dict[str, Any]:
    """Return the summary of a batch that was refused as a whole."""
    return {
        "status": REFUSED.name,
        "message": message,
        "batch_id": batch_id,
        "execution": execution_arn,
        **_NO_COUNTS,
        "cost": {"total_usd": 0.0},
    }


def _message(tally: Tally, items: int, rejected: int) -> str:
    accepted, errors, uncertain = tally.by_count["accepted"], tally.by_count["errors"], tally.by_status[UNCERTAIN.name]
    text = f"{accepted} of {items} {'item has' if items == 1 else 'items have'} an accepted picture"
    if uncertain:
        text += f"; {uncertain} {'is' if uncertain == 1 else 'are'} uncertain"
    if errors:
        text += f"; {errors} ended with a fault"
    if rejected:
        text += f"; {rejected} {'line was' if rejected == 1 else 'lines were'} rejected, see {REJECTED}"
    return text + "."
