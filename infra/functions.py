"""The seven functions: one asset, one settings block, a role and a log group of its own for each."""

from aws_cdk import Duration, Size
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import permissions
from infra.bundling import ARCHITECTURE, RUNTIME, lambda_code
from infra.log_groups import log_group
from infra.nag import acknowledge
from infra.settings import Deployment
from lambdas.core.runtime.timeouts import LAMBDA_TIMEOUT_S

MEMORY_MB = {
    "prepare": 512,
    "generate": 1024,
    "validate": 1024,
    "revise": 512,
    "conclude": 1024,
    "plan": 1769,
    "conclude_batch": 1769,
}
"""Where pictures pass through, 1,024 MB: a fifth of it would do, but Lambda's CPU share grows with its memory.

Where 100,000 lines do, 1,769 MB, which is one whole CPU.
"""

DISK_MB = {"plan": 2048, "conclude_batch": 2048}
"""Plans and results are written on disk before they go to S3; the others have the 512 MB that each function has."""


class Functions(Construct):
    """`by_verb["generate"]` and so on; the verb names the folder in `lambdas/`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: s3.IBucket,
        batch_table: dynamodb.ITable,
        deployment: Deployment,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        settings = deployment.function_settings(bucket.bucket_name, batch_table.table_name).to_environment()
        self._environment = {name: value for name, value in settings.items() if value}
        # The dimension of every metric of ours (lambdas.core.runtime.metrics).
        self._environment["POWERTOOLS_SERVICE_NAME"] = deployment.stack_name
        self._code = lambda_code()
        judge = permissions.call_claude(deployment.validate_models(), deployment.claude_region)
        models = {
            "prepare": [*judge, permissions.ask_for_model_access()],
            "generate": permissions.call_image_models(deployment.image_models(), deployment.image_region),
            "validate": judge,
            "revise": permissions.call_claude(deployment.revise_models(), deployment.claude_region),
            "conclude": [],
        }
        bucket_arns = permissions.bucket_arns(bucket, deployment.extra_output_buckets)
        self._why_wildcards = permissions.why_wildcards(bucket, deployment.extra_output_buckets)
        records = [*permissions.keep_records(bucket_arns), permissions.count_batch_spending(batch_table)]
        batches = permissions.keep_batches(bucket, bucket_arns)
        self.by_verb = {
            **{verb: self._build_function(verb, [*records, *statements]) for verb, statements in models.items()},
            "plan": self._build_function("plan", batches),
            "conclude_batch": self._build_function("conclude_batch", [*batches, permissions.tell_event_bridge()]),
        }

    def _build_function(self, verb: str, statements: list[iam.PolicyStatement]) -> lambda_.Function:
        name = construct_name(verb)
        logs = log_group(self, f"{name}Logs", self._deployment.log_retention_days)
        role = iam.Role(
            self,
            f"{name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What Retake's {verb} function may do",
        )
        function = lambda_.Function(
            self,
            name,
            description=f"Retake: {verb}",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=self._code,
            handler=f"lambdas.{verb}.handler.handler",
            role=role,
            memory_size=MEMORY_MB[verb],
            ephemeral_storage_size=Size.mebibytes(DISK_MB[verb]) if verb in DISK_MB else None,
            timeout=Duration.seconds(LAMBDA_TIMEOUT_S[verb]),
            environment=self._environment,
            log_group=logs,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            tracing=lambda_.Tracing.ACTIVE,
        )
        for statement in (*statements, permissions.write_logs(logs)):
            function.add_to_role_policy(statement)
        acknowledge(role, self._why_wildcards)
        return function


def construct_name(verb: str) -> str:
    """What a function is called in the template and in a definition's placeholders: ConcludeBatch for conclude_batch."""
    return "".join(part.capitalize() for part in verb.split("_"))
