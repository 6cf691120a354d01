"""The metrics of a batch, emitted once when it ends."""

from typing import Any

from lambdas.core.runtime import metrics

_COUNTS = {
    "BatchItems": "items",
    "BatchAccepted": "accepted",
    "BatchNotAccepted": "not_accepted",
    "BatchErrors": "errors",
    "BatchRejectedLines": "rejected",
}


def emit(summary: dict[str, Any]) -> None:
    """Emit the totals of the batch. Each item emitted its own metrics when it ended."""
    metrics.emit(
        {name: summary[field] for name, field in _COUNTS.items()},
        usd={"BatchCostUsd": summary["cost"]["total_usd"]},
        batch_id=summary["batch_id"],
    )
