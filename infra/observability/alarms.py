"""The alarms: what a person has to know of, and what to do then. Each says both in its description.

None goes off while nothing runs: missing data is never a breach, because no metric here needs to have data when nothing
happens. AWS/States ExecutionsFailed raises none: a run without an accepted picture ends FAILED too, and is no fault.

What no alarm sees: a run of its own that Step Functions ends itself (States.Runtime) or that somebody stops, because
Conclude is not reached. Both stand on the dashboard, as executions that failed or were aborted.
"""

from collections.abc import Mapping, Sequence

from aws_cdk import Arn, ArnComponents, ArnFormat, Aws, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.dead_letters import KEPT_DAYS
from infra.observability.metrics import AN_HOUR, FIVE_MINUTES, Metrics, map_runs_waiting
from infra.settings import Deployment
from lambdas.core.runtime.functions import FUNCTIONS

AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
AT_MOST = cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD

THROTTLED_SHARE = 0.5
"""Of the requests to models. A few refusals are the way in which a batch finds its pace (the state machine waits and asks
again, 20 times at most); when every second one is refused, waiting no longer helps and runs begin to fail."""

STUCK_PERIOD = Duration.minutes(15)
STUCK_PERIODS = 4
"""An hour. An item that works asks a model at least every 10 minutes (no state takes more than 540 s, no wait before a
retry more than 60 s), so that each quarter of an hour has data; with the default limits it asks for 20 pictures at most."""


class Alarms(Construct):
    """All alarms of the stack, and the topic that they tell when `alarm_email` is set."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Mapping[str, lambda_.Function],
        manifest_letters: sqs.IQueue,
        schedule_letters: Sequence[sqs.IQueue],
        deployment: Deployment,
    ) -> None:
        super().__init__(scope, construct_id)
        self._metrics = Metrics(deployment.stack_name)
        self._action = self._write_to(deployment) if deployment.alarm_email else None
        self.all: list[cloudwatch.Alarm] = []
        self._watch_for_faults(functions)
        self._watch_for_throttles(functions)
        self._watch_for_stuck_batches()
        self._watch_the_bill(deployment.alarm_cost_usd_per_hour)
        self._watch_dead_letters("ManifestLetters", "the batch of a file in batches/", manifest_letters)
        for schedule, queue in zip(deployment.schedules, schedule_letters, strict=True):
            self._watch_dead_letters(f"ScheduleLetters-{schedule.name}", f"the schedule {schedule.name}", queue)

    def _watch_for_faults(self, functions: Mapping[str, lambda_.Function]) -> None:
        # One is enough: the retries of a run and of an item are over by then, and not every error of a function is retried.
        self._alarm(
            "Faults",
            self._metrics.ours("Faults"),
            "A run ended with a fault, after its retries; its pictures are kept. Find the run: in the logs of the "
            'functions, the line "fault" or "unexpected fault" has its run_id and the error; result.json names it too. '
            "Model errors: look at Bedrock's health, access and quotas in the model's Region. When it is mended, start "
            "the run again with its run_id: what was paid for is used again.",
        )
        self._alarm(
            "BatchErrors",
            self._metrics.ours("BatchErrors"),
            "A batch ended, and some of its items have no outcome but a fault, or never ran because its map failed. "
            "results.csv names each, summary.json the map's fault. Upload the manifest again, or start the batch machine "
            "with it: only what was not accepted runs again.",
        )
        self._alarm(
            "BatchesRefused",
            self._metrics.ours("BatchesRefused"),
            "A manifest was refused, and none of its lines runs; nothing was paid. The execution of the batch machine that "
            "FAILED with InvalidRequestError says why: no line can be run (rejected.jsonl), or the ceiling does not cover one "
            "attempt each. Mend that, and upload the manifest again.",
        )
        for row in FUNCTIONS.values():
            if row.harm is None:
                continue
            self._alarm(
                f"{row.construct_name}Errors",
                functions[row.name].metric_errors(period=FIVE_MINUTES),
                f"The function {row.name} failed or ran out of time. {row.harm}. It is retried, so look first whether an "
                "execution failed at all. The function's log has the error; when it is mended, start the run (with its "
                "run_id) or the batch again: nothing is paid twice.",
            )

    def _watch_for_throttles(self, functions: Mapping[str, lambda_.Function]) -> None:
        self._alarm(
            "ModelThrottled",
            self._metrics.ratio(
                "Throttles", "ModelRequests", label="Throttled, share of requests", period=FIVE_MINUTES
            ),
            "For a quarter of an hour Bedrock has refused more than half of the requests for their rate. Runs are slow and "
            "begin to end with ModelThrottledError; nothing was paid for the refused ones. Lower max_concurrency in the "
            "batch's defaults file, run fewer batches at once, or ask AWS for a higher quota for the model.",
            threshold=THROTTLED_SHARE,
            breached=ABOVE,
            periods=3,
        )
        # AWS: the limit is the account's, for all functions of a Region; the one that takes longest meets it first.
        self._alarm(
            "FunctionsThrottled",
            functions["generate"].metric_throttles(period=FIVE_MINUTES),
            "For a quarter of an hour Lambda has refused to start the function generate: the account's concurrent "
            "executions in this Region are used up, here or by something else. Runs end with "
            "Lambda.TooManyRequestsException. Lower max_concurrency of the batches, or ask AWS for more concurrency.",
            periods=3,
        )

    def _watch_for_stuck_batches(self) -> None:
        """A batch that works and from which nothing comes; and one that AWS does not let begin.

        AWS counts open executions and Map Runs for a whole account only, and open executions below 10,000 perhaps as 0; of
        the items of one machine it counts those that begin and end. So the first is derived: each item tells BatchItemsEnded, 0 whenever it asks a model and 1 as it ends. A sum of 0
        over an hour in which there is data is a batch that is stuck. It sees items that are refused, time out or repeat
        themselves without an end. It cannot see a batch that asks nothing: that one waits for Step Functions (the second
        alarm), for Lambda (FunctionsThrottled) or has failed (BatchErrors, PlanErrors, ConcludeBatchErrors). Of two
        batches at once, one that gets on hides one that does not.
        """
        self._alarm(
            "BatchStuck",
            self._metrics.ours("BatchItemsEnded", period=STUCK_PERIOD),
            "For an hour a batch has asked models, and none of its items has ended. Look at the batch's Map Run in the Step "
            "Functions console: which state do its children wait in, and with which error are they retried? Throttled: see "
            "the alarm ModelThrottled. Otherwise stop the execution: finished items are kept, and starting it again runs the "
            "rest. A single item with limits far above the defaults may take that long in order.",
            threshold=0,
            breached=AT_MOST,
            periods=STUCK_PERIODS,
        )
        self._alarm(
            "MapRunsWaiting",
            map_runs_waiting(),
            "For a quarter of an hour Map Runs of this account have waited for others to end: the account has as many open "
            "Map Runs as it may (1,000 by default). A batch of ours that waits has begun nothing and paid nothing. Find out "
            "whose Map Runs are open in this Region, and stop those that are not needed.",
            periods=3,
        )

    def _watch_the_bill(self, usd_per_hour: float) -> None:
        """SpentUsd is told with each payment, at list price; what AWS charges besides the models is not in it."""
        self._alarm(
            "SpendPerHour",
            self._metrics.ours("SpentUsd", period=AN_HOUR),
            f"More than ${usd_per_hour:g} (the setting retake:alarm_cost_usd_per_hour) was paid for models within an hour. "
            "Nothing was stopped: every run and batch has its own ceiling. Look which executions run; is it what you meant? "
            "If not, stop the batch's execution, and disable the schedule or the rule that starts them.",
            threshold=usd_per_hour,
            breached=ABOVE,
        )

    def _watch_dead_letters(self, construct_id: str, what: str, queue: sqs.IQueue) -> None:
        self._alarm(
            construct_id,
            queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=FIVE_MINUTES),
            f"A start was given up after its retries: {what}. The message in the dead-letter queue is the event, and its "
            "attributes say why. Mend that, start the run or the batch by hand with what the message holds, and delete the "
            f"message; it is kept for {KEPT_DAYS} days.",
        )

    def _alarm(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        description: str,
        *,
        threshold: float = 1,
        breached: cloudwatch.ComparisonOperator = AT_LEAST,
        periods: int = 1,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            alarm_description=description,
            threshold=threshold,
            comparison_operator=breached,
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if self._action:
            alarm.add_alarm_action(self._action)
        self.all.append(alarm)

    def _write_to(self, deployment: Deployment) -> actions.SnsAction:
        assert deployment.alarm_email is not None
        # Not encrypted at rest: an alarm's text holds no prompt, and CloudWatch could not use the key of SNS itself.
        topic = sns.Topic(self, "Topic", display_name=f"{deployment.stack_name} alarms", enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(deployment.alarm_email))
        alarms_arn = Arn.format(
            ArnComponents(
                service="cloudwatch", resource="alarm", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
            ),
            Stack.of(self),
        )
        # AWS: a topic with a policy of its own (enforce_ssl makes one) loses the default that lets its account publish.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": alarms_arn},
                },
            )
        )
        return actions.SnsAction(topic)
