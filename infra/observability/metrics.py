"""The metrics that alarms and the dashboard read: those of Retake, and AWS metrics that both need.

The functions emit Retake's metrics (lambdas.core.runtime.metrics). Their one dimension, `service`, is the stack's
name. A test emits them all and compares every name used here.
"""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.batch import MAP_LABEL

NAMESPACE = "Retake"
FIVE_MINUTES = Duration.minutes(5)
AN_HOUR = Duration.hours(1)


class Metrics:
    """Retake's metrics of one stack."""

    def __init__(self, stack_name: str) -> None:
        self._dimensions = {"service": stack_name}

    def emitted(
        self, name: str, *, statistic: str = "Sum", period: Duration = FIVE_MINUTES, label: str | None = None
    ) -> cloudwatch.Metric:
        """Return a metric that the functions emit."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map=self._dimensions,
            statistic=statistic,
            period=period,
            label=label or name,
        )

    def ratio(self, part: str, whole: str, *, label: str, period: Duration) -> cloudwatch.MathExpression:
        """Return `part` divided by `whole`, both emitted counts. Periods in which `whole` is 0 have no value."""
        return self._math(f"{_id(part)} / {_id(whole)}", (part, whole), label, period)

    def accepted_rate(self, *, period: Duration) -> cloudwatch.MathExpression:
        """Return the share of finished runs that were accepted, in percent. Faults count, refused requests do not."""
        names = ("Accepted", "Uncertain", "NotAccepted", "Faults")
        expression = f"100 * accepted / ({' + '.join(map(_id, names))})"
        return self._math(expression, names, "Accepted, % of runs", period)

    def _math(self, expression: str, names: Sequence[str], label: str, period: Duration) -> cloudwatch.MathExpression:
        metrics = {_id(name): self.emitted(name, period=period) for name in names}
        return cloudwatch.MathExpression(expression=expression, using_metrics=metrics, label=label, period=period)


def item_metric(name: str, batch_machine_arn: str, *, label: str) -> cloudwatch.Metric:
    """Return a metric of the child executions, one for each item of a batch."""
    # AWS: the children of a Map Run are counted under the ARN of the state machine followed by the map's label.
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name=name,
        dimensions_map={"StateMachineArn": f"{batch_machine_arn}/{MAP_LABEL}"},
        statistic="Sum",
        period=FIVE_MINUTES,
        label=label,
    )


def _id(name: str) -> str:
    """Return the id of a metric in a math expression. AWS: an id starts with a lower-case letter."""
    return name[0].lower() + name[1:]


def map_run_backlog() -> cloudwatch.Metric:
    """Return the number of Map Runs that wait because the account has too many open ones."""
    # AWS: the metric has no dimension; it covers the whole account in one Region.
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ApproximateMapRunBacklogSize",
        statistic="Maximum",
        period=FIVE_MINUTES,
        label="Map Runs waiting (account)",
    )
