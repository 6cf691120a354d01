"""The stack in the local cloud: the resources that infra/ creates in AWS, from the same patterns and schedules."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID

from lambdas.core.runtime.batch_paths import DEFAULTS_ENDING, DROP_FOLDER, ENDINGS
from retake.emulator.batch_table import TABLE
from retake.emulator.cloud import LocalCloud
from statemachine.schedule import START_EXECUTION, Schedule
from statemachine.trigger import INPUT, manifest_bus, manifest_pattern, uploaded_pattern

STACK_NAME = "Retake"
_ROLE_ARN = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/local"


@dataclass(frozen=True)
class ServedStack:
    """The names of the stack's resources."""

    bucket: str
    machine_arn: str
    batch_machine_arn: str

    @property
    def outputs(self) -> Mapping[str, str]:
        """The stack's outputs, under the names of infra/stack.py."""
        return {
            "BucketName": self.bucket,
            "StateMachineArn": self.machine_arn,
            "BatchStateMachineArn": self.batch_machine_arn,
            "BatchTableName": TABLE,
        }


def create_stack(cloud: LocalCloud, bucket: str, schedules: Sequence[Schedule]) -> ServedStack:
    """Create both state machines, the bucket's events, the batch trigger's bus and rules, and the schedules."""
    stack = ServedStack(bucket, cloud.create_machine("loop"), cloud.create_machine("batch"))
    cloud.clients.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    _create_trigger(stack)
    _create_schedules(stack.machine_arn, schedules)
    return stack


def _create_trigger(stack: ServedStack) -> None:
    events = boto3.client("events")
    bus = manifest_bus(STACK_NAME)
    bus_arn = events.create_event_bus(Name=bus)["EventBusArn"]
    uploaded = uploaded_pattern(stack.bucket, DROP_FOLDER, ENDINGS)
    events.put_rule(Name="Uploaded", EventPattern=json.dumps(uploaded))
    events.put_targets(Rule="Uploaded", Targets=[{"Id": "Manifests", "Arn": bus_arn, "RoleArn": _ROLE_ARN}])
    events.put_rule(Name="Manifest", EventBusName=bus, EventPattern=json.dumps(manifest_pattern(DEFAULTS_ENDING)))
    transformer: Any = {
        "InputPathsMap": INPUT,
        "InputTemplate": "{" + ", ".join(f"{json.dumps(field)}: <{field}>" for field in INPUT) + "}",
    }
    target: Any = {
        "Id": "Batch",
        "Arn": stack.batch_machine_arn,
        "RoleArn": _ROLE_ARN,
        "InputTransformer": transformer,
    }
    events.put_targets(Rule="Manifest", EventBusName=bus, Targets=[target])


def _create_schedules(machine_arn: str, schedules: Sequence[Schedule]) -> None:
    if not schedules:
        return
    scheduler = boto3.client("scheduler")
    scheduler.create_schedule_group(Name=STACK_NAME)
    for schedule in schedules:
        scheduler.create_schedule(
            Name=schedule.name,
            GroupName=STACK_NAME,
            ScheduleExpression=schedule.expression,
            ScheduleExpressionTimezone=schedule.time_zone,
            State="ENABLED" if schedule.enabled else "DISABLED",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": f"arn:aws:{START_EXECUTION}",
                "RoleArn": _ROLE_ARN,
                "Input": schedule.target_input(machine_arn),
            },
        )
