"""The run's metrics, in CloudWatch's embedded metric format (EMF): one line of the log, no API call."""

from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Retake"


def emit(result: dict[str, Any]) -> None:
    """Emit what the run made and cost. Runs that were not this execution's to make are not counted."""
    if result["status"] in ("DUPLICATE", "DRY_RUN"):
        return
    accepted, fault = result["status"] == "ACCEPTED", result["status"] == "ERROR"
    metrics = EphemeralMetrics(namespace=NAMESPACE, service="retake")
    metrics.add_metric("Images", MetricUnit.Count, result["images"])
    metrics.add_metric("Attempts", MetricUnit.Count, result["attempts"])
    metrics.add_metric("Revisions", MetricUnit.Count, result["revisions"])
    metrics.add_metric("Accepted", MetricUnit.Count, int(accepted))
    metrics.add_metric("NotAccepted", MetricUnit.Count, int(not accepted and not fault))
    metrics.add_metric("Faults", MetricUnit.Count, int(fault))
    metrics.add_metric("CostUsd", MetricUnit.NoUnit, result["cost"]["total_usd"])
    metrics.add_metric("Duration", MetricUnit.Seconds, result["duration_s"])
    metrics.add_metadata("run_id", result["run_id"])
    metrics.flush_metrics()
