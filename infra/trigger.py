"""Start one execution of the batch machine for each manifest uploaded to the bucket."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.dead_letters import MAX_AGE_HOURS, RETRIES, dead_letter_queue
from lambdas.core.runtime.batch_paths import DEFAULTS_ENDING, DROP_FOLDER, ENDINGS
from statemachine.trigger import INPUT, manifest_bus, manifest_pattern, uploaded_pattern


class BatchTrigger(Construct):
    """Object Created in `batches/` → the stack's own bus → the batch machine (patterns: statemachine.trigger)."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, machine: sfn.IStateMachine) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        bus = events.EventBus(
            self,
            "Manifests",
            # AWS: a bus must have a name.
            event_bus_name=manifest_bus(Stack.of(self).stack_name),
            description=f"Uploads to {DROP_FOLDER}/ in Retake's bucket",
        )
        self._forward(bucket, bus)
        self._start(bus, machine)

    def _forward(self, bucket: s3.IBucket, bus: events.EventBus) -> None:
        role = self._build_role("ForwardRole", "put events on the bus for manifests")
        iam.Policy(
            self,
            "ForwardPolicy",
            roles=[role],
            statements=[iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])],
        )
        events.Rule(
            self,
            "Uploaded",
            description=f"Forwards uploads to {DROP_FOLDER}/ with the file ending of a manifest",
            event_pattern=_pattern(uploaded_pattern(bucket.bucket_name, DROP_FOLDER, ENDINGS)),
            targets=[targets.EventBus(bus, role=role.without_policy_updates(), dead_letter_queue=self.dead_letters)],
        )

    def _start(self, bus: events.EventBus, machine: sfn.IStateMachine) -> None:
        role = self._build_role("StartRole", "start the batch machine")
        iam.Policy(
            self,
            "StartPolicy",
            roles=[role],
            statements=[iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn])],
        )
        events.Rule(
            self,
            "Manifest",
            description="Starts a batch for each manifest; ignores defaults files",
            event_bus=bus,
            event_pattern=_pattern(manifest_pattern(DEFAULTS_ENDING)),
            targets=[
                targets.SfnStateMachine(
                    machine,
                    # AWS: EventBridge writes an unquoted value into the template as JSON, so any S3 key is safe here.
                    input=events.RuleTargetInput.from_object(
                        {field: events.EventField.from_path(path) for field, path in INPUT.items()}
                    ),
                    role=role.without_policy_updates(),
                    dead_letter_queue=self.dead_letters,
                    retry_attempts=RETRIES,
                    max_event_age=Duration.hours(MAX_AGE_HOURS),
                )
            ],
        )

    def _build_role(self, construct_id: str, action: str) -> iam.Role:
        return iam.Role(
            self,
            construct_id,
            assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
            description=f"Lets EventBridge {action}",
        )


def _pattern(pattern: dict[str, Any]) -> events.EventPattern:
    return events.EventPattern(source=pattern["source"], detail_type=pattern["detail-type"], detail=pattern["detail"])
