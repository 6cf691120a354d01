"""Figures for CloudWatch, in its embedded metric format (EMF): one line of the log, no API call.

EMF, and not metric filters on the log: a filter cannot tell two stacks apart (its dimensions are fields of the line), and
only AWS can run it, whereas a test can hold what is emitted here against what the alarms and the dashboard read.
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
    """Emit figures by name, under one dimension, `service`: the stack's name, so that two stacks are told apart.

    metadata: goes on the line and is no dimension, because each value of one would be a metric of its own, at a price.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=os.environ.get(_SERVICE, "retake"))
    for unit, figures in ((MetricUnit.Count, counts), (MetricUnit.NoUnit, usd), (MetricUnit.Seconds, seconds)):
        for name, value in (figures or {}).items():
            metrics.add_metric(name, unit, value)
    for name, said in metadata.items():
        metrics.add_metadata(name, said)
    metrics.flush_metrics()
