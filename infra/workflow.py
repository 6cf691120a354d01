"""The state machine: the shipped definition over the five functions, logged and traced."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

import statemachine
from infra.log_groups import log_group
from infra.nag import acknowledge
from infra.settings import Deployment


class Workflow(Construct):
    """`loop.asl.json` as a Standard state machine."""

    def __init__(
        self, scope: Construct, construct_id: str, *, functions: Mapping[str, lambda_.Function], deployment: Deployment
    ) -> None:
        super().__init__(scope, construct_id)
        self.logs = log_group(self, "Logs", deployment.log_retention_days)
        self.machine = self._build_machine(functions, deployment.log_execution_data)
        self.machine.add_to_role_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[function.function_arn for function in functions.values()]
            )
        )
        acknowledge(
            self.machine.role,
            {
                "AwsSolutions-IAM5[Resource::*]": "X-Ray's actions and CloudWatch Logs' log delivery actions know no "
                "resources; AWS documents * for both."
            },
        )

    def _build_machine(self, functions: Mapping[str, lambda_.Function], log_execution_data: bool) -> sfn.StateMachine:
        arns = {f"{verb.capitalize()}FunctionArn": function.function_arn for verb, function in functions.items()}
        # The placeholders stay in the definition and CloudFormation fills them, so that the template holds it as one
        # text, which cfn-lint reads. `read` still checks that every placeholder has a function and the other way round.
        definition = statemachine.read("loop", {name: f"${{{name}}}" for name in arns})
        return sfn.StateMachine(
            self,
            "Loop",
            definition_body=sfn.DefinitionBody.from_string(definition),
            definition_substitutions=arns,
            state_machine_type=sfn.StateMachineType.STANDARD,
            comment="Generates a picture, judges it, and tries again or revises the prompt until it matches",
            logs=sfn.LogOptions(
                destination=self.logs, level=sfn.LogLevel.ALL, include_execution_data=log_execution_data
            ),
            tracing_enabled=True,
        )
