"""The metrics of a run, emitted once when it ends."""

from typing import Any

from lambdas.core.run.statuses import INVALID_REQUEST, STATUSES, status_of
from lambdas.core.runtime import metrics

_OUTCOMES = {row.metric for row in (*STATUSES.values(), INVALID_REQUEST) if row.metric}


def emit(result: dict[str, Any], *, blocked: int = 0, in_batch: bool = False) -> None:
    """Emit the run's counts, cost and duration. A dry run and a duplicate are not counted.

    Every run counts in one of Accepted, Uncertain, NotAccepted, Faults and InvalidRequests. An invalid
    request is not a fault and raises no alarm, because its sender has to correct it. A resumed run counts again, in full.

    blocked: the attempts that a content filter refused.
    in_batch: whether the run is an item of a batch, which also counts in BatchItemsEnded (see lambdas.core.money.ledger).
    """
    outcome = status_of(result).metric
    if outcome is None:
        return
    counts = {
        "Images": result["images"],
        "Attempts": result["attempts"],
        "Revisions": result["revisions"],
        "Blocked": blocked,
        **{name: int(name == outcome) for name in sorted(_OUTCOMES)},
    }
    metrics.emit(
        {**counts, "BatchItemsEnded": 1} if in_batch else counts,
        usd={"CostUsd": result["cost"]["total_usd"]},
        seconds={"Duration": result["duration_s"]},
        run_id=result["run_id"],
    )
