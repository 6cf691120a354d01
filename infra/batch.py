"""The state machine of a batch, and the permissions of its Distributed Map: child executions and files in S3."""

from collections.abc import Mapping

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.machine import build_machine
from infra.nag import acknowledge
from infra.settings import Deployment
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, ITEMS, MAP_FOLDER

MAP_LABEL = "Items"
"""The Label of the Map state in batch.asl.json. AWS puts it in the ARNs of the child executions."""

# Of every batch: its folder is not known when the stack is deployed.
_ITEM_FILES = f"{BATCH_FOLDER}/*/{ITEMS}"
_MAP_FILES = f"{BATCH_FOLDER}/*/{MAP_FOLDER}/*"


class BatchWorkflow(Construct):
    """`batch.asl.json`, which invokes every function."""

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
        self.machine = build_machine(self, "batch", functions=functions, deployment=deployment)
        self._grant_map_files(bucket)
        self._grant_map_executions()
        self._grant_plan_describe(functions["plan"])

    def _grant_map_files(self, bucket: s3.IBucket) -> None:
        read = ["s3:GetObject"]
        write = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"]
        for actions, files in ((read, _ITEM_FILES), (write, _MAP_FILES)):
            self.machine.add_to_role_policy(
                iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects(files)])
            )
        logical_id = Stack.of(bucket).resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
        why = "A batch's folder is named after a manifest that does not exist yet, and the map names its own files."
        acknowledge(
            self.machine.role,
            {f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{files}]": why for files in (_ITEM_FILES, _MAP_FILES)},
        )

    def _grant_map_executions(self) -> None:
        # A separate policy: the machine depends on its role's default policy, so naming the machine there is a circle.
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

    def _grant_plan_describe(self, plan: lambda_.Function) -> None:
        assert plan.role is not None
        # A separate policy, for the same reason: the machine depends on the function, and the function on its policy.
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
        why = "Executions of this one state machine; their names are not known when the stack is deployed."
        acknowledge(policy, {f"AwsSolutions-IAM5[Resource::{arn}{label}:*]": why for label in labels})
