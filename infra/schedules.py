"""EventBridge Scheduler: each schedule in the settings starts a run with its event."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.dead_letters import MAX_AGE_HOURS, RETRIES, dead_letter_queue
from statemachine.schedule import START_EXECUTION, Schedule


class Schedules(Construct):
    """One schedule group. Each schedule in it has its own role and dead-letter queue."""

    def __init__(
        self, scope: Construct, construct_id: str, *, schedules: Sequence[Schedule], machine: sfn.IStateMachine
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters: list[sqs.Queue] = []
        if not schedules:
            return
        group = scheduler.CfnScheduleGroup(self, "Group")
        for schedule in schedules:
            self._build(Construct(self, schedule.name), schedule, group, machine)

    def _build(
        self,
        scope: Construct,
        schedule: Schedule,
        group: scheduler.CfnScheduleGroup,
        machine: sfn.IStateMachine,
    ) -> None:
        letters = dead_letter_queue(scope, "DeadLetters")
        self.dead_letters.append(letters)
        role = iam.Role(
            scope,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": group.attr_arn},
                },
            ),
            description=f"Lets the schedule {schedule.name} start a run",
        )
        policy = iam.Policy(
            scope,
            "Policy",
            roles=[role],
            statements=[
                iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn]),
                iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[letters.queue_arn]),
            ],
        )
        resource = scheduler.CfnSchedule(
            scope,
            "Schedule",
            name=schedule.name,
            group_name=group.ref,
            schedule_expression=schedule.expression,
            schedule_expression_timezone=schedule.time_zone,
            state="ENABLED" if schedule.enabled else "DISABLED",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=f"arn:{Aws.PARTITION}:{START_EXECUTION}",
                role_arn=role.role_arn,
                input=schedule.target_input(machine.state_machine_arn),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=letters.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=Duration.hours(MAX_AGE_HOURS).to_seconds(),
                    maximum_retry_attempts=RETRIES,
                ),
            ),
        )
        # Without this, a schedule may fire before its role has a policy, and its first start is dead-lettered.
        resource.node.add_dependency(policy)
