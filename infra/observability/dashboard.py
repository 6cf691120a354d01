"""The dashboard: health, cost per accepted picture, and latency. One screen, the alarms first."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.observability.metrics import AN_HOUR, FIVE_MINUTES, Metrics, item_metric, map_run_backlog
from infra.settings import Deployment
from lambdas.core.runtime.functions import FUNCTIONS

_COLUMNS = 24
_HEIGHT = 6


class Dashboard(Construct):
    """The on-call dashboard. Ratios have a period of an hour, because five minutes hold too few runs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: Sequence[cloudwatch.IAlarm],
        functions: Mapping[str, lambda_.Function],
        machines: Mapping[str, sfn.StateMachine],
        dead_letters: Sequence[sqs.IQueue],
        deployment: Deployment,
    ) -> None:
        """Build the dashboard. `machines` has the keys `loop` and `batch`."""
        super().__init__(scope, construct_id)
        self._metrics = Metrics(deployment.stack_name)
        rows: list[list[cloudwatch.IWidget]] = [
            [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=_COLUMNS, height=3)],
            [self._figures()],
            [self._accepted_rate(), self._runs(), self._filter()],
            [self._pictures(), self._cost(), self._spend(deployment.alarm_cost_usd_per_hour)],
            [self._latency(), self._functions_latency(functions), self._throttles(functions, machines)],
            [
                self._faults(functions),
                self._executions(machines["loop"], "Runs of their own"),
                self._items(machines["batch"]),
            ],
            [self._batches(), self._executions(machines["batch"], "Batches"), self._dead_letters(dead_letters)],
        ]
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(1), widgets=rows)
        region = Stack.of(self).region
        self.url = (
            f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/"
            f"{dashboard.dashboard_name}"
        )

    def _figures(self) -> cloudwatch.IWidget:
        """Four figures over the time range that the dashboard shows."""
        return cloudwatch.SingleValueWidget(
            title="Over the range shown",
            metrics=[
                self._metrics.accepted_rate(period=AN_HOUR),
                self._pictures_per_accepted(),
                self._cost_per_accepted(),
                self._metrics.emitted("SpentUsd", period=AN_HOUR, label="Paid for models, USD"),
            ],
            set_period_to_time_range=True,
            width=_COLUMNS,
            height=4,
        )

    def _pictures_per_accepted(self) -> cloudwatch.IMetric:
        return self._metrics.ratio("Images", "Accepted", label="Pictures per accepted picture", period=AN_HOUR)

    def _cost_per_accepted(self) -> cloudwatch.IMetric:
        """Return the cost of all runs divided by the accepted ones, so it includes runs that were not accepted."""
        return self._metrics.ratio("SpentUsd", "Accepted", label="USD per accepted picture", period=AN_HOUR)

    def _accepted_rate(self) -> cloudwatch.GraphWidget:
        return _graph("Accepted rate", [self._metrics.accepted_rate(period=AN_HOUR)], unit="%", most=100)

    def _runs(self) -> cloudwatch.GraphWidget:
        names = ("Accepted", "Uncertain", "NotAccepted", "Faults", "InvalidRequests")
        return _graph("Runs and items that ended", [self._metrics.emitted(name) for name in names], stacked=True)

    def _filter(self) -> cloudwatch.GraphWidget:
        return _graph(
            "Attempts that the content filter blocked",
            [self._metrics.emitted("Attempts"), self._metrics.emitted("Blocked")],
            right=[self._metrics.ratio("Blocked", "Attempts", label="Blocked, share of attempts", period=AN_HOUR)],
        )

    def _pictures(self) -> cloudwatch.GraphWidget:
        return _graph(
            "Pictures per accepted picture", [self._pictures_per_accepted()], right=[self._metrics.emitted("Revisions")]
        )

    def _cost(self) -> cloudwatch.GraphWidget:
        return _graph(
            "Cost per accepted picture",
            [self._cost_per_accepted()],
            right=[self._metrics.emitted("CostUsd", statistic="p90", period=AN_HOUR, label="USD per run, p90")],
            unit="USD",
        )

    def _spend(self, ceiling_usd: float) -> cloudwatch.GraphWidget:
        line = cloudwatch.HorizontalAnnotation(value=ceiling_usd, label="the alarm SpendPerHour")
        return _graph("Spend per hour", [self._metrics.emitted("SpentUsd", period=AN_HOUR)], unit="USD", lines=[line])

    def _latency(self) -> cloudwatch.GraphWidget:
        return _graph(
            "Latency of a run",
            [self._metrics.emitted("Duration", statistic=share, label=share) for share in ("p50", "p90", "p99")],
            unit="s",
        )

    def _functions_latency(self, functions: Mapping[str, lambda_.Function]) -> cloudwatch.GraphWidget:
        return _graph(
            "Latency of the functions that ask a model, p90",
            [
                functions[row.name].metric_duration(statistic="p90", period=FIVE_MINUTES, label=row.name)
                for row in FUNCTIONS.values()
                if row.asks
            ],
            unit="ms",
        )

    def _throttles(
        self, functions: Mapping[str, lambda_.Function], machines: Mapping[str, sfn.StateMachine]
    ) -> cloudwatch.GraphWidget:
        return _graph(
            "Throttles",
            [
                self._metrics.emitted("Throttles", label="by Bedrock"),
                functions["generate"].metric_throttles(period=FIVE_MINUTES, label="by Lambda, of generate"),
                item_metric(
                    "ExecutionThrottled", machines["batch"].state_machine_arn, label="by Step Functions, of items"
                ),
                *(
                    machine.metric_throttled(period=FIVE_MINUTES, label=f"by Step Functions, of the {name} machine")
                    for name, machine in machines.items()
                ),
            ],
            right=[self._metrics.emitted("ModelRequests", label="requests to models")],
        )

    def _faults(self, functions: Mapping[str, lambda_.Function]) -> cloudwatch.GraphWidget:
        return _graph(
            "Faults, and failed invocations (retries included)",
            [self._metrics.emitted("Faults", label="runs that ended with a fault")],
            right=[function.metric_errors(period=FIVE_MINUTES, label=verb) for verb, function in functions.items()],
        )

    def _items(self, batch: sfn.StateMachine) -> cloudwatch.GraphWidget:
        """An item's execution fails only if Step Functions ends it. Other faults are an outcome in the item's row."""
        arn = batch.state_machine_arn
        return _graph(
            "Items of batches: executions",
            [
                item_metric("ExecutionsStarted", arn, label="started"),
                self._metrics.emitted("BatchItemsEnded", label="ended with an outcome"),
                item_metric("ExecutionsFailed", arn, label="failed"),
                item_metric("ExecutionsAborted", arn, label="stopped"),
            ],
            right=[map_run_backlog()],
        )

    def _batches(self) -> cloudwatch.GraphWidget:
        names = ("BatchAccepted", "BatchNotAccepted", "BatchErrors", "BatchRejectedLines")
        return _graph("Batches, counted when each ends", [self._metrics.emitted(name) for name in names], stacked=True)

    def _executions(self, machine: sfn.StateMachine, title: str) -> cloudwatch.GraphWidget:
        """A run that is not accepted also ends FAILED. Failed executions beyond the count of NotAccepted are faults."""
        return _graph(
            f"{title}: executions",
            [
                machine.metric_started(period=FIVE_MINUTES),
                machine.metric_succeeded(period=FIVE_MINUTES),
                machine.metric_failed(period=FIVE_MINUTES),
                machine.metric_aborted(period=FIVE_MINUTES),
                machine.metric_timed_out(period=FIVE_MINUTES),
            ],
        )

    def _dead_letters(self, queues: Sequence[sqs.IQueue]) -> cloudwatch.GraphWidget:
        return _graph(
            "Starts that failed after all retries (dead letters)",
            [
                queue.metric_approximate_number_of_messages_visible(
                    statistic="Maximum", period=FIVE_MINUTES, label=queue.node.path.split("/", 1)[1]
                )
                for queue in queues
            ],
        )


def _graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    *,
    right: Sequence[cloudwatch.IMetric] = (),
    unit: str | None = None,
    most: float | None = None,
    stacked: bool = False,
    lines: Sequence[cloudwatch.HorizontalAnnotation] = (),
) -> cloudwatch.GraphWidget:
    """Build a graph a third of a row wide. Both axes start at 0."""
    return cloudwatch.GraphWidget(
        title=title,
        left=list(left),
        right=list(right),
        left_y_axis=cloudwatch.YAxisProps(min=0, max=most, label=unit, show_units=unit is None),
        right_y_axis=cloudwatch.YAxisProps(min=0),
        left_annotations=list(lines),
        stacked=stacked,
        width=_COLUMNS // 3,
        height=_HEIGHT,
    )
