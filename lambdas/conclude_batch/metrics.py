"""The batch's metrics, in CloudWatch's embedded metric format (EMF): one line of the log, no API call."""

from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Retake"
_COUNTS = {
    "BatchItems": "items",
    "BatchAccepted": "accepted",
    "BatchNotAccepted": "not_accepted",
    "BatchErrors": "errors",
    "BatchRejectedLines": "rejected",
}


def emit(summary: dict[str, Any]) -> None:
    """Emit what the batch came to. Its items' own metrics were emitted as each of them ended."""
    metrics = EphemeralMetrics(namespace=NAMESPACE, service="retake")
    for name, field in _COUNTS.items():
        metrics.add_metric(name, MetricUnit.Count, summary[field])
    metrics.add_metric("BatchCostUsd", MetricUnit.NoUnit, summary["cost"]["total_usd"])
    metrics.add_metadata("batch_id", summary["batch_id"])
    metrics.flush_metrics()
