"""The functions in core.runtime.functions. They share one asset and one environment; each has its own role and logs."""

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
from lambdas.core.runtime.functions import DEFAULT_DISK_MB, FUNCTIONS, Function


class Functions(Construct):
    """All functions of the table, in `by_name`, such as `by_name["generate"]`."""

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
        # The dimension of every metric that the functions emit (lambdas.core.runtime.metrics).
        self._environment["POWERTOOLS_SERVICE_NAME"] = deployment.stack_name
        self._code = lambda_code()
        self._wildcard_reasons = permissions.wildcard_reasons(
            bucket, (*deployment.extra_output_buckets, *deployment.extra_input_buckets)
        )
        statements = permissions.by_function(bucket, batch_table, deployment)
        self.by_name = {name: self._build_function(row, statements[name]) for name, row in FUNCTIONS.items()}

    def _build_function(self, row: Function, statements: list[iam.PolicyStatement]) -> lambda_.Function:
        name = row.construct_name
        logs = log_group(self, f"{name}Logs", self._deployment.log_retention_days)
        role = iam.Role(
            self,
            f"{name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Permissions of Retake's function {row.name}",
        )
        function = lambda_.Function(
            self,
            name,
            description=f"Retake: {row.name}",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=self._code,
            handler=f"{row.module}.handler",
            role=role,
            memory_size=row.memory_mb,
            ephemeral_storage_size=None if row.disk_mb == DEFAULT_DISK_MB else Size.mebibytes(row.disk_mb),
            timeout=Duration.seconds(row.timeout_s),
            environment=self._environment,
            log_group=logs,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            tracing=lambda_.Tracing.ACTIVE,
        )
        for statement in (*statements, permissions.allow_logs(logs)):
            function.add_to_role_policy(statement)
        acknowledge(role, self._wildcard_reasons)
        return function
