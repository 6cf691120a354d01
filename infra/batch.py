"""The state machine of a batch, and what a Distributed Map needs besides: its own executions, its files in S3."""

from collections.abc import Mapping

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.machine import build_machine
from infra.nag import acknowledge
from infra.permissions import BATCH_FOLDER
from infra.settings import Deployment

MAP_LABEL = "Items"
"""The map's Label in batch.asl.json; AWS puts it into the ARNs of the map's executions."""


class BatchWorkflow(Construct):
    """`batch.asl.json` over all seven functions."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: s3.IBucket,
        functions: Mapping[str, lambda_.Function],
        deployment: Deployment,
    ) -> None:
        super().__init__(scope, construct_id)
        self.machine = build_machine(
            self,
            "batch",
            functions=functions,
            deployment=deployment,
            comment="Plans a file of prompts, runs the loop for each of them, and sums up",
        )
        self._allow_the_maps_files(bucket)
        self._allow_the_maps_executions()
        self._allow_plan_to_ask(functions["plan"])

    def _allow_the_maps_files(self, bucket: s3.IBucket) -> None:
        plan, results = (bucket.arn_for_objects(f"{BATCH_FOLDER}/*/{name}") for name in ("plan/items.json", "map/*"))
        for actions, files in (
            (["s3:GetObject"], plan),
            (["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"], results),
        ):
            self.machine.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[files]))
        logical_id = Stack.of(bucket).resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
        why = "A batch's folder is named after its manifest, which comes after the stack; the map names its own files."
        acknowledge(
            self.machine.role,
            {
                f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{BATCH_FOLDER}/*/{name}]": why
                for name in ("plan/items.json", "map/*")
            },
        )

    def _allow_the_maps_executions(self) -> None:
        # A policy of its own: the machine waits for its role's policy, which cannot name the machine then.
        policy = iam.Policy(
            self,
            "MapPolicy",
            roles=[self.machine.role],
            statements=[
                iam.PolicyStatement(actions=["states:StartExecution"], resources=[self.machine.state_machine_arn]),
                iam.PolicyStatement(
                    actions=["states:DescribeExecution", "states:StopExecution"],
                    resources=[self._executions_arn(), self._executions_arn(f"/{MAP_LABEL}")],
                ),
            ],
        )
        self._acknowledge_executions(policy, "", f"/{MAP_LABEL}")

    def _allow_plan_to_ask(self, plan: lambda_.Function) -> None:
        assert plan.role is not None
        # A policy of its own, for the same reason: the machine waits for the function, and that for its role's policy.
        policy = iam.Policy(
            self,
            "PlanPolicy",
            roles=[plan.role],
            statements=[
                iam.PolicyStatement(actions=["states:DescribeExecution"], resources=[self._executions_arn()]),
            ],
        )
        self._acknowledge_executions(policy, "")

    def _executions_arn(self, label: str = "") -> str:
        return Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.machine.state_machine_name}{label}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def _acknowledge_executions(self, policy: iam.Policy, *labels: str) -> None:
        logical_id = Stack.of(self).resolve(self.machine.state_machine_name)["Fn::GetAtt"][0]
        arn = f"arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<{logical_id}.Name>"
        why = "Executions of this one state machine, whose names come after the stack."
        acknowledge(policy, {f"AwsSolutions-IAM5[Resource::{arn}{label}:*]": why for label in labels})
