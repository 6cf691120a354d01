"""The stack in the local cloud: the resources that infra/ creates in AWS, from the same patterns and schedules."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID

from lambdas.core.runtime.batch_paths import DEFAULTS_ENDING, DROP_FOLDER, ENDINGS
from lambdas.core.runtime.functions import FUNCTIONS
from retake.emulator.batch_table import TABLE
from retake.emulator.cloud import LocalCloud
from retake.emulator.serve.deployment import Deployment
from statemachine.schedule import START_EXECUTION, Schedule
from statemachine.trigger import INPUT, manifest_bus, manifest_pattern, uploaded_pattern

STACK_NAME = "Retake"
_ROLE_NAME = "local"
_ROLE_ARN = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/{_ROLE_NAME}"


@dataclass(frozen=True)
class ServedStack:
    """The names of the stack's resources."""

    bucket: str
    extra_output_buckets: tuple[str, ...]
    machine_arn: str
    batch_machine_arn: str
    job_role_arn: str | None
    """The role of fine-tuning jobs, with the setting `customization`."""

    @property
    def buckets(self) -> tuple[str, ...]:
        """All buckets."""
        return (self.bucket, *self.extra_output_buckets)

    @property
    def outputs(self) -> Mapping[str, str]:
        """The stack's outputs, under the names of infra/stack.py."""
        return {
            "BucketName": self.bucket,
            "StateMachineArn": self.machine_arn,
            "BatchStateMachineArn": self.batch_machine_arn,
            "BatchTableName": TABLE,
            **({"CustomizationRoleArn": self.job_role_arn} if self.job_role_arn else {}),
        }


def create_stack(cloud: LocalCloud, deployment: Deployment) -> ServedStack:
    """Create the functions, both state machines, the bucket's events, the batch trigger's bus and rules, and the schedules."""
    settings = deployment.settings
    bucket = settings.bucket
    _create_functions(settings.to_environment())
    stack = ServedStack(
        bucket,
        settings.extra_output_buckets,
        cloud.create_machine("loop"),
        cloud.create_machine("batch"),
        _ROLE_ARN if deployment.customization else None,
    )
    _open_to_browsers(stack.buckets)
    cloud.clients.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    _create_trigger(stack)
    _create_schedules(stack.machine_arn, deployment.schedules)
    return stack


def _open_to_browsers(buckets: Sequence[str]) -> None:
    """Let anyone who reaches the endpoint read the buckets: a browser signs nothing. Only this machine reaches it."""
    # moto: has an action for HEAD. In AWS, GetObject allows it.
    reads = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:HeadObject"]}
    for bucket in buckets:
        policy = {"Version": "2012-10-17", "Statement": [{**reads, "Resource": f"arn:aws:s3:::{bucket}/*"}]}
        boto3.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def _create_functions(environment: Mapping[str, str]) -> None:
    # Invocations run the handlers of this process, so the code is empty.
    code = io.BytesIO()
    zipfile.ZipFile(code, "w").close()
    # moto: takes no function whose role does not exist.
    boto3.client("iam").create_role(RoleName=_ROLE_NAME, AssumeRolePolicyDocument="{}")
    client = boto3.client("lambda")
    for function in FUNCTIONS.values():
        client.create_function(
            FunctionName=function.name,
            Description=f"The state {function.state} of the {function.machine} machine",
            Runtime="python3.14",
            Handler=f"{function.module}.handler",
            Role=_ROLE_ARN,
            Code={"ZipFile": code.getvalue()},
            Timeout=function.timeout_s,
            MemorySize=function.memory_mb,
            EphemeralStorage={"Size": function.disk_mb},
            Environment={"Variables": environment},
        )


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
