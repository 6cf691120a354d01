"""A shipped state machine over the functions that it names: Standard, logged and traced."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

import statemachine
from infra.functions import construct_name
from infra.log_groups import log_group
from infra.nag import acknowledge
from infra.settings import Deployment


def build_machine(
    scope: Construct,
    name: str,
    *,
    functions: Mapping[str, lambda_.Function],
    deployment: Deployment,
    comment: str,
) -> sfn.StateMachine:
    """The machine `name` ("loop" is loop.asl.json), allowed to invoke `functions`, which are all that it names."""
    arns = {f"{construct_name(verb)}FunctionArn": function.function_arn for verb, function in functions.items()}
    # The placeholders stay in the definition and CloudFormation fills them, so that the template holds it as one
    # text, which cfn-lint reads. `read` still checks that every placeholder has a function and the other way round.
    definition = statemachine.read(name, {placeholder: f"${{{placeholder}}}" for placeholder in arns})
    machine = sfn.StateMachine(
        scope,
        construct_name(name),
        definition_body=sfn.DefinitionBody.from_string(definition),
        definition_substitutions=arns,
        state_machine_type=sfn.StateMachineType.STANDARD,
        comment=comment,
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
            "AwsSolutions-IAM5[Resource::*]": "X-Ray's actions and CloudWatch Logs' log delivery actions know no "
            "resources; AWS documents * for both."
        },
    )
    return machine
