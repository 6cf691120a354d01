"""The run's metrics: what came of it, told once as it ends."""

from typing import Any

from lambdas.core.runtime import metrics


def emit(result: dict[str, Any], *, blocked: int = 0, in_batch: bool = False) -> None:
    """Emit what the run made and cost. Runs that were not this execution's to make are not counted.

    Every run counts in one of Accepted, NotAccepted, Faults and InvalidRequests. A request that cannot be used is its
    sender's to mend, so it is no fault that wakes somebody. A run that is resumed is told again, whole.

    blocked: the attempts that a content filter refused.
    in_batch: whether it is an item of a batch. Then it also counts in BatchItemsEnded (see lambdas.core.money.ledger).
    """
    if result["status"] in ("DUPLICATE", "DRY_RUN"):
        return
    outcome = _outcome(result)
    counts = {
        "Images": result["images"],
        "Attempts": result["attempts"],
        "Revisions": result["revisions"],
        "Blocked": blocked,
        **{name: int(name == outcome) for name in ("Accepted", "NotAccepted", "Faults", "InvalidRequests")},
    }
    metrics.emit(
        {**counts, "BatchItemsEnded": 1} if in_batch else counts,
        usd={"CostUsd": result["cost"]["total_usd"]},
        seconds={"Duration": result["duration_s"]},
        run_id=result["run_id"],
    )


def _outcome(result: dict[str, Any]) -> str:
    if result["status"] == "ERROR":
        return "InvalidRequests" if result.get("error") == "InvalidRequestError" else "Faults"
    return "Accepted" if result["status"] == "ACCEPTED" else "NotAccepted"
