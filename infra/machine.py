"""Build a state machine from a shipped definition: Standard, logged, traced, allowed to invoke its functions."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

import statemachine
from infra.log_groups import log_group
from infra.nag import acknowledge
from infra.settings import Deployment
from lambdas.core.runtime.functions import FUNCTIONS


def build_machine(
    scope: Construct,
    name: str,
    *,
    functions: Mapping[str, lambda_.Function],
    deployment: Deployment,
) -> sfn.StateMachine:
    """Build the machine `name` ("loop" is loop.asl.json). `functions` must be exactly the functions it names."""
    arns = {FUNCTIONS[verb].placeholder: function.function_arn for verb, function in functions.items()}
    # Leave the placeholders for CloudFormation: the template then holds the definition as one string, which cfn-lint
    # can read. `read` still checks that every placeholder has a function and every function a placeholder.
    definition = statemachine.read(name, {placeholder: f"${{{placeholder}}}" for placeholder in arns})
    machine = sfn.StateMachine(
        scope,
        name.capitalize(),
        definition_body=sfn.DefinitionBody.from_string(definition),
        definition_substitutions=arns,
        state_machine_type=sfn.StateMachineType.STANDARD,
        logs=sfn.LogOptions(
            destination=log_group(scope, "Logs", deployment.log_retention_days),
            level=sfn.LogLevel.ALL,
            include_execution_data=deployment.log_execution_data,
        ),
        tracing_enabled=True,
    )
    machine.add_to_role_policy(
        iam.PolicyStatement(
            actions=["lambda:InvokeFunction"], resources=[function.function_arn for function in functions.values()]
        )
    )
    acknowledge(
        machine.role,
        {
            "AwsSolutions-IAM5[Resource::*]": "The X-Ray actions and the CloudWatch Logs log delivery actions have no "
            "resource-level permissions; AWS documents * for both."
        },
    )
    return machine
