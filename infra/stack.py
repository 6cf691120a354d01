"""The stack. It only composes the constructs; they create the resources."""

from datetime import UTC, datetime

from aws_cdk import Annotations, CfnOutput, Stack
from constructs import Construct

from infra.batch import BatchWorkflow
from infra.customization import Customization
from infra.functions import Functions
from infra.observability.alarms import Alarms
from infra.observability.dashboard import Dashboard
from infra.schedules import Schedules
from infra.settings import Deployment
from infra.storage import Storage
from infra.trigger import BatchTrigger
from infra.workflow import Workflow
from lambdas.core.catalogue.models import ClaudeModel, ImageModel, lifecycle_warning


class RetakeStack(Stack):
    """All resources of one deployment. The account and Region are those of the credentials."""

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=deployment.stack_name,
            description="Retake: pictures that match their prompt",
            analytics_reporting=False,
        )
        self._warn_about_lifecycles(deployment)
        storage = Storage(self, "Storage", expire_after_days=deployment.expire_after_days)
        functions = Functions(
            self, "Functions", bucket=storage.bucket, batch_table=storage.batch_table, deployment=deployment
        )
        workflow = Workflow(self, "Workflow", functions=functions.by_name, deployment=deployment)
        batch = BatchWorkflow(self, "Batch", bucket=storage.bucket, functions=functions.by_name, deployment=deployment)
        trigger = BatchTrigger(self, "Trigger", bucket=storage.bucket, machine=batch.machine)
        schedules = Schedules(self, "Schedules", schedules=deployment.schedules, machine=workflow.machine)
        alarms = Alarms(
            self,
            "Alarms",
            functions=functions.by_name,
            manifest_letters=trigger.dead_letters,
            schedule_letters=schedules.dead_letters,
            deployment=deployment,
        )
        dashboard = Dashboard(
            self,
            "Dashboard",
            alarms=alarms.all,
            functions=functions.by_name,
            machines={"loop": workflow.machine, "batch": batch.machine},
            dead_letters=[trigger.dead_letters, *schedules.dead_letters],
            deployment=deployment,
        )
        self._build_outputs(storage, workflow, batch)
        if deployment.customization:
            role = Customization(self, "Customization", bucket=storage.bucket).role
            self._output("CustomizationRoleArn", "Role of fine-tuning jobs", role.role_arn)
        self._output("DashboardUrl", "Dashboard in the CloudWatch console", dashboard.url)

    def _warn_about_lifecycles(self, deployment: Deployment) -> None:
        models: tuple[ImageModel | ClaudeModel, ...] = (
            *deployment.image_models(),
            *deployment.validate_models(),
            *deployment.revise_models(),
        )
        for model in models:
            if warning := lifecycle_warning(model, datetime.now(UTC).date()):
                Annotations.of(self).add_warning_v2(f"retake:lifecycle:{model.model_id}", warning)

    def _build_outputs(self, storage: Storage, workflow: Workflow, batch: BatchWorkflow) -> None:
        machine_arn = workflow.machine.state_machine_arn
        self._output("BucketName", "Bucket for images and records", storage.bucket.bucket_name)
        self._output("StateMachineArn", "State machine of a run", machine_arn)
        self._output("BatchStateMachineArn", "State machine of a batch", batch.machine.state_machine_arn)
        self._output(
            "BatchTableName",
            "Table that counts the spending and the finished items of each batch",
            storage.batch_table.table_name,
        )
        self._output(
            "StartCommand",
            "Command that starts a run",
            f"aws stepfunctions start-execution --region {self.region} --state-machine-arn {machine_arn} "
            """--input '{"prompt": "A red bicycle leaning on a white wall"}'""",
        )
        self._output(
            "ConsoleUrl",
            "Runs in the Step Functions console",
            f"https://{self.region}.console.aws.amazon.com/states/home?region={self.region}"
            f"#/statemachines/view/{machine_arn}",
        )

    def _output(self, name: str, description: str, value: str) -> None:
        CfnOutput(self, name, description=description, value=value)
