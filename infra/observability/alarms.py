"""The alarms. The description of each says what happened and what to do.

No alarm goes off while nothing runs: missing data never breaches a threshold. No alarm watches AWS/States
ExecutionsFailed, because a run that is not accepted also ends FAILED and is not a fault.

No alarm sees a single run that Step Functions itself ends (States.Runtime) or that is stopped: such a run never
reaches Conclude. The dashboard shows both, as failed and aborted executions.
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
from infra.observability.metrics import AN_HOUR, FIVE_MINUTES, Metrics, map_run_backlog
from infra.settings import Deployment
from lambdas.core.runtime.batch_paths import DROP_FOLDER, REJECTED, RESULTS_CSV, SUMMARY
from lambdas.core.runtime.functions import FUNCTIONS

AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
AT_MOST = cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD

THROTTLED_SHARE = 0.5
"""A share of the requests to models. A few throttled requests are normal: the state machine waits and retries, at most
20 times. When every second request is throttled, waiting no longer helps and runs begin to fail."""

STUCK_PERIOD = Duration.minutes(15)
STUCK_PERIODS = 4
"""4 periods are an hour. An active item calls a model at least every 10 minutes (a state takes at most 540 s, a wait
before a retry at most 60 s), so every period has data. With the default limits an item makes at most 20 pictures."""


class Alarms(Construct):
    """All alarms of the stack. With `alarm_email`, also the SNS topic that they publish to."""

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
        self._action = self._build_email_action(deployment) if deployment.alarm_email else None
        self.all: list[cloudwatch.Alarm] = []
        self._watch_faults(functions)
        self._watch_throttles(functions)
        self._watch_stuck_batches()
        self._watch_spending(deployment.alarm_cost_usd_per_hour)
        self._watch_dead_letters("ManifestLetters", f"the batch of a manifest in {DROP_FOLDER}/", manifest_letters)
        for schedule, queue in zip(deployment.schedules, schedule_letters, strict=True):
            self._watch_dead_letters(
                f"ScheduleLetters-{schedule.name}", f"a run of the schedule {schedule.name}", queue
            )

    def _watch_faults(self, functions: Mapping[str, lambda_.Function]) -> None:
        # The threshold is 1: a run or an item reports a fault only after its retries, and not every function error is
        # retried.
        self._alarm(
            "Faults",
            self._metrics.emitted("Faults"),
            "A run ended with a fault after its retries. Its pictures are kept. To find it, search the functions' "
            'logs for the message "fault" or "unexpected fault", which has the run_id and the error; result.json has '
            "them, too. For a model error, check Bedrock's health, access and quotas in the model's Region. After "
            "the fix, start the run again with the same run_id: nothing is paid for twice.",
        )
        self._alarm(
            "BatchErrors",
            self._metrics.emitted("BatchErrors"),
            f"A batch ended, and some of its items ended with a fault or never ran because the map failed. {RESULTS_CSV} "
            f"lists these items; {SUMMARY} has the error of the map. Upload the manifest again, or start the batch "
            "machine with it. Only items that were not accepted run again.",
        )
        self._alarm(
            "BatchesRefused",
            self._metrics.emitted("BatchesRefused"),
            "A manifest was refused. None of its lines runs and nothing was paid. The failed execution of the batch "
            f"machine (InvalidRequestError) has the reason: every line is invalid (see {REJECTED}), or the "
            "ceiling does not cover one attempt for each item. Correct the manifest and upload it again.",
        )
        for row in FUNCTIONS.values():
            if row.harm is None:
                continue
            self._alarm(
                f"{row.construct_name}Errors",
                functions[row.name].metric_errors(period=FIVE_MINUTES),
                f"The function {row.name} failed or timed out. {row.harm}. The state machine retries the function, so "
                "check first whether an execution failed. The function's log has the error. After the fix, start the "
                "run (with the same run_id) or the batch again: nothing is paid for twice.",
            )

    def _watch_throttles(self, functions: Mapping[str, lambda_.Function]) -> None:
        self._alarm(
            "ModelThrottled",
            self._metrics.ratio(
                "Throttles", "ModelRequests", label="Throttled, share of requests", period=FIVE_MINUTES
            ),
            "For 15 minutes, Bedrock has throttled more than half of the requests. Runs are slow and begin to end with "
            "ModelThrottledError. Throttled requests cost nothing. Lower max_concurrency in the batch's defaults file, "
            "run fewer batches at once, or ask AWS for a higher quota for the model.",
            threshold=THROTTLED_SHARE,
            breached=ABOVE,
            periods=3,
        )
        # AWS: all functions of an account share one limit in a Region. The slowest function reaches it first.
        self._alarm(
            "FunctionsThrottled",
            functions["generate"].metric_throttles(period=FIVE_MINUTES),
            "For 15 minutes, Lambda has throttled the function generate: the account's concurrent executions in this "
            "Region are used up, by Retake or by other functions. Runs end with Lambda.TooManyRequestsException. Lower "
            "max_concurrency of the batches, or ask AWS for more concurrency.",
            periods=3,
        )

    def _watch_stuck_batches(self) -> None:
        """Watch for batches that call models but finish no item, and for batches that AWS does not let start.

        AWS has no metric for the open items of one machine: it counts open executions and Map Runs for the whole
        account only, and may report fewer than 10,000 open executions as 0. So each item emits BatchItemsEnded itself:
        0 at every model call and 1 at its end. An hour with data and a sum of 0 means a stuck batch: its items are
        throttled, time out or loop.

        The alarm cannot see a batch that calls no model. Such a batch waits for Step Functions (MapRunsWaiting) or
        Lambda (FunctionsThrottled), or has failed (BatchErrors, PlanErrors, ConcludeBatchErrors). With two batches at
        once, the progress of one hides that the other is stuck.
        """
        self._alarm(
            "BatchStuck",
            self._metrics.emitted("BatchItemsEnded", period=STUCK_PERIOD),
            "For an hour, a batch has called models and none of its items has ended. Open the batch's Map Run in the "
            "Step Functions console and see in which state its child executions are, and which error they retry. If "
            "they are throttled, see the alarm ModelThrottled. Otherwise stop the execution: finished items are "
            "kept, and a new start runs the rest. A single item with limits far above the defaults can legitimately "
            "take this long.",
            threshold=0,
            breached=AT_MOST,
            periods=STUCK_PERIODS,
        )
        self._alarm(
            "MapRunsWaiting",
            map_run_backlog(),
            "For 15 minutes, Map Runs of this account have waited to start, because the account has reached its "
            "limit of open Map Runs (1,000 by default). A Retake batch that waits has started nothing and paid "
            "nothing. Find the open Map Runs in this Region, and stop those that are not needed.",
            periods=3,
        )

    def _watch_spending(self, usd_per_hour: float) -> None:
        """SpentUsd is emitted with each payment, at list price. It covers the models only, not other AWS charges."""
        self._alarm(
            "SpendPerHour",
            self._metrics.emitted("SpentUsd", period=AN_HOUR),
            f"More than ${usd_per_hour:g} (the setting retake:alarm_cost_usd_per_hour) was paid for models within an "
            "hour. Nothing was stopped: every run and batch has its own ceiling. Check which executions are running. "
            "If they are not intended, stop them, and disable the schedule or the rule that starts them.",
            threshold=usd_per_hour,
            breached=ABOVE,
        )

    def _watch_dead_letters(self, construct_id: str, start: str, queue: sqs.IQueue) -> None:
        self._alarm(
            construct_id,
            queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=FIVE_MINUTES),
            f"After all retries, EventBridge could not start {start}. The message in the dead-letter queue holds the "
            "event; its attributes have the reason. Fix the cause, start the run or the batch by hand with the "
            f"content of the message, and delete the message. The queue keeps it for {KEPT_DAYS} days.",
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

    def _build_email_action(self, deployment: Deployment) -> actions.SnsAction:
        assert deployment.alarm_email is not None
        # Not encrypted: the alarms hold no prompts, and CloudWatch cannot use the AWS managed key of SNS.
        topic = sns.Topic(self, "Topic", display_name=f"{deployment.stack_name} alarms", enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(deployment.alarm_email))
        alarms_arn = Arn.format(
            ArnComponents(
                service="cloudwatch", resource="alarm", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
            ),
            Stack.of(self),
        )
        # AWS: a topic with its own policy (enforce_ssl adds one) loses the default one, which lets its account publish.
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
