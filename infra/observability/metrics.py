"""The figures that the alarms and the dashboard read: ours, and those of AWS that both need.

Ours are emitted by the functions (lambdas.core.runtime.metrics), under the dimension `service`, which is the stack's name. A test
runs what emits them and holds every name here against it.
"""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.batch import MAP_LABEL

NAMESPACE = "Retake"
FIVE_MINUTES = Duration.minutes(5)
AN_HOUR = Duration.hours(1)


class Metrics:
    """The metrics of one stack."""

    def __init__(self, stack_name: str) -> None:
        self._dimensions = {"service": stack_name}

    def ours(
        self, name: str, *, statistic: str = "Sum", period: Duration = FIVE_MINUTES, label: str | None = None
    ) -> cloudwatch.Metric:
        """A metric that our functions emit."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map=self._dimensions,
            statistic=statistic,
            period=period,
            label=label or name,
        )

    def ratio(self, part: str, whole: str, *, label: str, period: Duration) -> cloudwatch.MathExpression:
        """One of our counts by another; no point where the other is 0."""
        return self._math(f"{_id(part)} / {_id(whole)}", (part, whole), label, period)

    def accepted_rate(self, *, period: Duration) -> cloudwatch.MathExpression:
        """The share of ended runs whose picture was accepted. A fault counts against it, a request that is none does not."""
        names = ("Accepted", "NotAccepted", "Faults")
        expression = f"100 * accepted / ({' + '.join(map(_id, names))})"
        return self._math(expression, names, "Accepted, % of runs", period)

    def _math(self, expression: str, names: Sequence[str], label: str, period: Duration) -> cloudwatch.MathExpression:
        metrics = {_id(name): self.ours(name, period=period) for name in names}
        return cloudwatch.MathExpression(expression=expression, using_metrics=metrics, label=label, period=period)


def of_items(name: str, batch_machine_arn: str, *, label: str) -> cloudwatch.Metric:
    """A metric of the executions of a batch's items. AWS: a Map Run's children count under the machine's ARN and label."""
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name=name,
        dimensions_map={"StateMachineArn": f"{batch_machine_arn}/{MAP_LABEL}"},
        statistic="Sum",
        period=FIVE_MINUTES,
        label=label,
    )


def _id(name: str) -> str:
    """A metric's name in an expression, where an id begins with a small letter."""
    return name[0].lower() + name[1:]


def map_runs_waiting() -> cloudwatch.Metric:
    """Map Runs that wait for the account's limit of open ones. AWS: it has no dimension, it is the account's in a Region."""
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ApproximateMapRunBacklogSize",
        statistic="Maximum",
        period=FIVE_MINUTES,
        label="Map Runs waiting (account)",
    )
