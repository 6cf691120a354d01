"""The IAM statements of the functions' roles: exact actions, on the narrowest resources that AWS supports."""

from collections.abc import Sequence

from aws_cdk import Aws, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from infra.inference_profiles import model_regions
from infra.settings import Deployment
from lambdas.core.catalogue.models import ClaudeModel, ImageModel
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, RESERVED_FOLDERS


def by_function(
    bucket: s3.IBucket, batch_table: dynamodb.ITable, deployment: Deployment
) -> dict[str, list[iam.PolicyStatement]]:
    """Return the statements of each function in core.runtime.functions, without `allow_logs`."""
    arns = bucket_arns(bucket, deployment.extra_output_buckets)
    run = [*allow_run_records(arns), allow_batch_counting(batch_table)]
    batch = allow_batch_records(bucket, arns)
    judge = allow_claude(deployment.validate_models(), deployment.claude_region)
    return {
        "prepare": [
            *allow_run_records(arns, reads_batches=True),
            *allow_sources(deployment.extra_input_buckets),
            allow_batch_counting(batch_table),
            *judge,
            allow_access_check(),
        ],
        "generate": [*run, *allow_image_models(deployment.image_models(), deployment.image_region)],
        "validate": [*run, *judge],
        "revise": [*run, *allow_claude(deployment.revise_models(), deployment.claude_region)],
        "conclude": run,
        "plan": batch,
        "conclude_batch": [*batch, allow_batch_counting(batch_table), allow_put_events()],
    }


def bucket_arns(bucket: s3.IBucket, extra_bucket_names: Sequence[str]) -> list[str]:
    """Return the ARNs of the buckets that may hold a run's folder."""
    return [bucket.bucket_arn, *(f"arn:{Aws.PARTITION}:s3:::{name}" for name in extra_bucket_names)]


def allow_run_records(bucket_arns: Sequence[str], *, reads_batches: bool = False) -> list[iam.PolicyStatement]:
    """Read and write objects, except those of batches.

    reads_batches: whether the objects of batches may be read: source pictures may lie beside a manifest.
    """
    objects = ["s3:GetObject", "s3:PutObject"]
    return [
        iam.PolicyStatement(actions=objects, resources=[f"{arn}/*" for arn in bucket_arns]),
        # A Deny, because an Allow with NotResource would also allow every other bucket.
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=["s3:PutObject"] if reads_batches else objects,
            resources=[f"{arn}/{folder}/*" for arn in bucket_arns for folder in RESERVED_FOLDERS],
        ),
        # AWS: without s3:ListBucket, S3 answers 403 instead of 404 for a missing record.
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=list(bucket_arns)),
    ]


def allow_sources(bucket_names: Sequence[str]) -> list[iam.PolicyStatement]:
    """Read source pictures."""
    arns = [f"arn:{Aws.PARTITION}:s3:::{name}/*" for name in bucket_names]
    return [iam.PolicyStatement(actions=["s3:GetObject"], resources=arns)] if arns else []


def allow_batch_records(bucket: s3.IBucket, bucket_arns: Sequence[str]) -> list[iam.PolicyStatement]:
    """Read manifests and the records of runs; write the files of batches, which are in the stack's bucket only."""
    return [
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"{arn}/*" for arn in bucket_arns]),
        iam.PolicyStatement(actions=["s3:PutObject"], resources=[bucket.arn_for_objects(f"{BATCH_FOLDER}/*")]),
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=list(bucket_arns)),
    ]


def allow_batch_counting(table: dynamodb.ITable) -> iam.PolicyStatement:
    """Reserve money from a batch's ceiling, return the unused part, and read what was paid."""
    # AWS: IAM authorizes a transaction by its single actions.
    return iam.PolicyStatement(
        actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources=[table.table_arn]
    )


def allow_put_events() -> iam.PolicyStatement:
    """Put events on the account's default event bus."""
    bus_arn = f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/default"
    return iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus_arn])


def allow_image_models(models: Sequence[ImageModel], region: str) -> list[iam.PolicyStatement]:
    """Call image models in the deployment's Region for images; those with an inference profile through it only."""
    bare = [_model_arn(model.model_id, region) for model in models if not model.profile]
    statements = [iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=bare)] if bare else []
    for model in models:
        if model.profile:
            statements += _allow_profile(model.call_id, model.model_id, model_regions(model.profile, region), region)
    return statements


def allow_claude(models: Sequence[ClaudeModel], region: str) -> list[iam.PolicyStatement]:
    """Call Claude through its inference profiles only."""
    # AWS: IAM authorizes Converse as bedrock:InvokeModel, on the profile and on the models behind it.
    statements = []
    for model in models:
        assert model.profile is not None  # every Claude id in the catalogue has a profile prefix
        targets = model_regions(model.profile, region)
        statements += _allow_profile(model.model_id, model.base_model_id, targets, region)
    return statements


def _allow_profile(
    profile_id: str, base_model_id: str, targets: Sequence[str], region: str
) -> list[iam.PolicyStatement]:
    profile_arn = f"arn:{Aws.PARTITION}:bedrock:{region}:{Aws.ACCOUNT_ID}:inference-profile/{profile_id}"
    return [
        iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=[profile_arn]),
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel"],
            resources=[_model_arn(base_model_id, target) for target in targets],
            conditions={"StringEquals": {"bedrock:InferenceProfileArn": profile_arn}},
        ),
    ]


def allow_access_check() -> iam.PolicyStatement:
    """Check, for a dry run, whether the account has access to a model."""
    # AWS: this action has no resource-level permissions. It only reads whether a model may be called.
    return iam.PolicyStatement(actions=["bedrock:GetFoundationModelAvailability"], resources=["*"])


def allow_logs(log_group: logs.ILogGroup) -> iam.PolicyStatement:
    """Write to the function's own log group, which the stack creates."""
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
    )


def _model_arn(model_id: str, region: str) -> str:
    if model_id.startswith("arn:"):
        # A custom model: the setting names its whole ARN.
        return model_id
    return f"arn:{Aws.PARTITION}:bedrock:{region}::foundation-model/{model_id}"


def wildcard_reasons(bucket: s3.IBucket, extra_bucket_names: Sequence[str]) -> dict[str, str]:
    """Return the cdk-nag rule ids of the wildcards in a function's role, each with the reason for it."""
    logical_id = Stack.of(bucket).resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
    objects = [f"<{logical_id}.Arn>", *(f"arn:<AWS::Partition>:s3:::{name}" for name in extra_bucket_names)]
    return {
        "AwsSolutions-IAM5[Resource::*]": "The X-Ray actions and, for Prepare, GetFoundationModelAvailability have no "
        "resource-level permissions; AWS documents * for them.",
        **{
            f"AwsSolutions-IAM5[Resource::{arn}/*]": "An event may choose any prefix for its run's folder. The "
            "folders of batches are denied to the functions of a run."
            for arn in objects
        },
        f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{BATCH_FOLDER}/*]": "A batch's folder is named after a "
        "manifest that does not exist yet.",
    }
