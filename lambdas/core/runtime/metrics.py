"""Emit CloudWatch metrics in the embedded metric format (EMF): one log line, no API call.

Why not metric filters on the log: a filter cannot separate two stacks, because its dimensions must be fields of the log
line. And only AWS runs a filter, while a test can compare EMF lines with what the alarms and the dashboard read.
"""

import os
from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Retake"
_SERVICE = "POWERTOOLS_SERVICE_NAME"


def emit(
    counts: Mapping[str, int],
    *,
    usd: Mapping[str, float] | None = None,
    seconds: Mapping[str, float] | None = None,
    **metadata: str | None,
) -> None:
    """Emit one value for each metric name. The only dimension is `service`, the stack's name.

    counts, usd, seconds: the values by metric name, for each unit.
    metadata: further fields of the log line. They are not dimensions: AWS bills each value of a dimension as a metric.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=os.environ.get(_SERVICE, "retake"))
    for unit, figures in ((MetricUnit.Count, counts), (MetricUnit.NoUnit, usd), (MetricUnit.Seconds, seconds)):
        for name, value in (figures or {}).items():
            metrics.add_metric(name, unit, value)
    for name, text in metadata.items():
        metrics.add_metadata(name, text)
    metrics.flush_metrics()
