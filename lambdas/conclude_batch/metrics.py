"""The batch's metrics: what came of it, told once as it ends."""

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
    """Emit what the batch came to. Its items' own metrics were emitted as each of them ended."""
    metrics.emit(
        {name: summary[field] for name, field in _COUNTS.items()},
        usd={"BatchCostUsd": summary["cost"]["total_usd"]},
        batch_id=summary["batch_id"],
    )
