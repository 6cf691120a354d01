"""The role that Bedrock takes on to fine-tune a model. `retake finetune` names it in the job."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.nag import acknowledge

FOLDER = "customization"
"""The folder of the bucket that a job may read. Its subfolder `output` is the only place that a job may write."""


class Customization(Construct):
    """The role of fine-tuning jobs: read training sets, write metrics, nothing else."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: s3.Bucket) -> None:
        super().__init__(scope, construct_id)
        jobs = f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:model-customization-job/*"
        self.role = iam.Role(
            self,
            "JobRole",
            description="Lets fine-tuning jobs of Amazon Bedrock read training sets and write metrics",
            # Only jobs of this account and Region: otherwise, a job of another account could read the sets.
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnEquals": {"aws:SourceArn": jobs},
                },
            ),
        )
        data, output = f"{FOLDER}/*", f"{FOLDER}/output/*"
        policy = iam.Policy(
            self,
            "JobPolicy",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects(data)]),
                iam.PolicyStatement(actions=["s3:PutObject"], resources=[bucket.arn_for_objects(output)]),
                # AWS: Bedrock's example allows it on the whole bucket, without a condition on the prefix.
                iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
            ],
        )
        logical_id = policy.stack.resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
        acknowledge(
            policy,
            {
                f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{path}]": "The keys of training sets and metrics do not "
                "exist at deployment; the wildcard covers one folder."
                for path in (data, output)
            },
        )
