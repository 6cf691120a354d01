"""What turns a file that lands in the bucket into one execution of the batch machine."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.dead_letters import MAX_AGE_HOURS, RETRIES, dead_letter_queue
from statemachine.trigger import INPUT, manifest_bus, manifest_pattern, uploaded_pattern


class BatchTrigger(Construct):
    """Object Created in `batches/` → a bus of our own, for manifests → the batch machine (see statemachine.trigger)."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, machine: sfn.IStateMachine) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        bus = events.EventBus(
            self,
            "Manifests",
            # A bus must be named.
            event_bus_name=manifest_bus(Stack.of(self).stack_name),
            description="Files in batches/ of Retake's bucket",
        )
        self._forward(bucket, bus)
        self._start(bus, machine)

    def _forward(self, bucket: s3.IBucket, bus: events.EventBus) -> None:
        role = self._role("ForwardRole", "put events on the bus for manifests")
        iam.Policy(
            self,
            "ForwardPolicy",
            roles=[role],
            statements=[iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])],
        )
        events.Rule(
            self,
            "Uploaded",
            description="A file in batches/ that may be a manifest",
            event_pattern=_pattern(uploaded_pattern(bucket.bucket_name)),
            targets=[targets.EventBus(bus, role=role.without_policy_updates(), dead_letter_queue=self.dead_letters)],
        )

    def _start(self, bus: events.EventBus, machine: sfn.IStateMachine) -> None:
        role = self._role("StartRole", "start the batch machine")
        iam.Policy(
            self,
            "StartPolicy",
            roles=[role],
            statements=[iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn])],
        )
        events.Rule(
            self,
            "Manifest",
            description="A manifest: everything on the bus but the defaults beside one",
            event_bus=bus,
            event_pattern=_pattern(manifest_pattern()),
            targets=[
                targets.SfnStateMachine(
                    machine,
                    # AWS: EventBridge writes a value that is put in unquoted as JSON, so that any key can stand here.
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

    def _role(self, construct_id: str, what: str) -> iam.Role:
        return iam.Role(
            self,
            construct_id,
            assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
            description=f"Lets EventBridge {what}",
        )


def _pattern(pattern: dict[str, Any]) -> events.EventPattern:
    return events.EventPattern(source=pattern["source"], detail_type=pattern["detail-type"], detail=pattern["detail"])
