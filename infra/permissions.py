"""What each function's role may do: exact actions, on the narrowest resources that AWS lets us name."""

from collections.abc import Sequence

from aws_cdk import Aws, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from infra.inference_profiles import model_regions
from infra.settings import Deployment
from lambdas.core.catalogue.models import ClaudeModel, ImageModel
from statemachine import trigger

MANIFEST_FOLDER, BATCH_FOLDER = trigger.FOLDER, "batch"
"""Where a file starts a batch, and where a batch's plan and results are."""

BATCH_PREFIXES = (MANIFEST_FOLDER, BATCH_FOLDER)
"""Where no run may read or write."""


def by_function(
    bucket: s3.IBucket, batch_table: dynamodb.ITable, deployment: Deployment
) -> dict[str, list[iam.PolicyStatement]]:
    """Return what each function of `core.runtime.functions` may do. Each may also write its own log."""
    arns = bucket_arns(bucket, deployment.extra_output_buckets)
    run = [*keep_records(arns), count_batch_spending(batch_table)]
    batch = keep_batches(bucket, arns)
    judge = call_claude(deployment.validate_models(), deployment.claude_region)
    return {
        "prepare": [*run, *judge, ask_for_model_access()],
        "generate": [*run, *call_image_models(deployment.image_models(), deployment.image_region)],
        "validate": [*run, *judge],
        "revise": [*run, *call_claude(deployment.revise_models(), deployment.claude_region)],
        "conclude": run,
        "plan": batch,
        "conclude_batch": [*batch, tell_event_bridge()],
    }


def bucket_arns(bucket: s3.IBucket, extra_bucket_names: Sequence[str]) -> list[str]:
    """The ARNs of every bucket that a run may keep its folder in."""
    return [bucket.bucket_arn, *(f"arn:{Aws.PARTITION}:s3:::{name}" for name in extra_bucket_names)]


def keep_records(bucket_arns: Sequence[str]) -> list[iam.PolicyStatement]:
    """Read and write objects, but never what belongs to batches."""
    objects = ["s3:GetObject", "s3:PutObject"]
    return [
        iam.PolicyStatement(actions=objects, resources=[f"{arn}/*" for arn in bucket_arns]),
        # An Allow with NotResource would allow every other bucket; only a Deny says "all but these".
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=objects,
            resources=[f"{arn}/{prefix}/*" for arn in bucket_arns for prefix in BATCH_PREFIXES],
        ),
        # AWS: without it S3 answers 403, not 404, for a record that is not there yet.
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=list(bucket_arns)),
    ]


def keep_batches(bucket: s3.IBucket, bucket_arns: Sequence[str]) -> list[iam.PolicyStatement]:
    """Read manifests and every run's records; write what belongs to batches, which is in the stack's bucket only."""
    return [
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"{arn}/*" for arn in bucket_arns]),
        iam.PolicyStatement(actions=["s3:PutObject"], resources=[bucket.arn_for_objects(f"{BATCH_FOLDER}/*")]),
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=list(bucket_arns)),
    ]


def count_batch_spending(table: dynamodb.ITable) -> iam.PolicyStatement:
    """Reserve from a batch's ceiling, and give back what was not used. IAM knows a transaction as its parts."""
    return iam.PolicyStatement(
        actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources=[table.table_arn]
    )


def tell_event_bridge() -> iam.PolicyStatement:
    """Put events on the account's default bus."""
    bus_arn = f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/default"
    return iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus_arn])


def call_image_models(models: Sequence[ImageModel], region: str) -> list[iam.PolicyStatement]:
    """Call image models in the one Region where the deployment calls them."""
    return [
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel"], resources=[_model_arn(model.model_id, region) for model in models]
        )
    ]


def call_claude(models: Sequence[ClaudeModel], region: str) -> list[iam.PolicyStatement]:
    """Call Claude through its profiles, and the models behind them only so. IAM knows Converse as InvokeModel."""
    statements = []
    for model in models:
        assert model.profile is not None  # every id of the catalogue bears a profile's prefix
        profile_arn = f"arn:{Aws.PARTITION}:bedrock:{region}:{Aws.ACCOUNT_ID}:inference-profile/{model.model_id}"
        statements += [
            iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=[profile_arn]),
            iam.PolicyStatement(
                actions=["bedrock:InvokeModel"],
                resources=[_model_arn(model.base_model_id, behind) for behind in model_regions(model.profile, region)],
                conditions={"StringEquals": {"bedrock:InferenceProfileArn": profile_arn}},
            ),
        ]
    return statements


def ask_for_model_access() -> iam.PolicyStatement:
    """Ask, for a dry run, whether the account may call a model."""
    # AWS: no resource is documented for this action. It reads, and tells nothing but whether a model may be called.
    return iam.PolicyStatement(actions=["bedrock:GetFoundationModelAvailability"], resources=["*"])


def write_logs(log_group: logs.ILogGroup) -> iam.PolicyStatement:
    """Write into the function's own log group, which the stack has made."""
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
    )


def _model_arn(model_id: str, region: str) -> str:
    return f"arn:{Aws.PARTITION}:bedrock:{region}::foundation-model/{model_id}"


def why_wildcards(bucket: s3.IBucket, extra_bucket_names: Sequence[str]) -> dict[str, str]:
    """The wildcards that cdk-nag finds in a function's role, by rule id, and why they stay."""
    logical_id = Stack.of(bucket).resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
    objects = [f"<{logical_id}.Arn>", *(f"arn:<AWS::Partition>:s3:::{name}" for name in extra_bucket_names)]
    return {
        "AwsSolutions-IAM5[Resource::*]": "X-Ray's actions (active tracing) and, for Prepare, "
        "Bedrock's question whether a model may be called know no resources, so AWS documents *.",
        **{
            f"AwsSolutions-IAM5[Resource::{arn}/*]": "An event chooses the prefix of its run's folder, so that every "
            "key is possible; those of batches are denied to the functions of a run."
            for arn in objects
        },
        f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{BATCH_FOLDER}/*]": "A batch's folder is named after its "
        "manifest, which comes after the stack.",
    }
