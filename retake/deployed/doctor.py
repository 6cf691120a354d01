"""Ask AWS whether a run would work: the credentials, the models, and the parts of a stack. Nothing here is paid for."""

import json
import os
from collections.abc import Iterator
from typing import Any

from lambdas.core.batch.settings import default_concurrency
from lambdas.core.catalogue.models import image_models
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.functions import FUNCTIONS
from lambdas.core.runtime.settings import Settings
from retake.deployed.aws import Aws, StackError, errors_of
from retake.deployed.doctor_models import QUICK, check_models
from retake.deployed.stack import DeployedStack
from retake.view.findings import Finding

_BEDROCK_KEY = "AWS_BEARER_TOKEN_BEDROCK"
_BAD_STATUS = ("DELETE", "ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED")


def check_bedrock(region: str | None, settings: Settings) -> Iterator[Finding]:
    """Yield the findings about the credentials, and about each model of the settings."""
    if os.environ.get(_BEDROCK_KEY):
        # It signs calls of Bedrock only, so that the account and its quotas cannot be asked for.
        yield Finding("ok", "credentials", f"a Bedrock API key ({_BEDROCK_KEY})")
    try:
        aws = Aws(region, fallback_region=settings.claude_region)
    except StackError as error:
        yield Finding("warn" if os.environ.get(_BEDROCK_KEY) else "FAIL", "credentials", str(error))
        return
    fault = _check_caller(aws)
    yield fault
    if fault.level != "FAIL":
        yield from check_models(aws, settings)


def check_stack(name: str, region: str | None) -> Iterator[Finding]:
    """Yield the findings about the credentials, the stack, its parts, the models of its settings, and Lambda's quota."""
    try:
        stack = DeployedStack(name, region)
    except StackError as error:
        subject = "stack" if error.code in ("ValidationError", "AccessDenied") else "credentials"
        yield Finding("FAIL", subject, str(error))
        return
    yield _check_caller(stack.aws)
    yield _check_status(stack)
    yield _check_bucket(stack)
    definition: dict[str, Any] = {}
    for output, subject in (("StateMachineArn", "loop machine"), ("BatchStateMachineArn", "batch machine")):
        finding, found = _check_machine(stack, output, subject)
        definition = definition or found
        yield finding
    settings, finding = _read_settings(stack, definition)
    yield finding
    yield from check_models(stack.aws, settings)
    yield _check_concurrency(stack.aws, settings)


def _check_caller(aws: Aws) -> Finding:
    try:
        with errors_of("sts"):
            found = aws.client("sts", QUICK).get_caller_identity()
    except StackError as error:
        return Finding("FAIL", "credentials", str(error))
    return Finding("ok", "credentials", f"{found['Arn']}, Region {aws.region}")


def _check_status(stack: DeployedStack) -> Finding:
    status = stack.status
    if status.startswith(_BAD_STATUS):
        return Finding("FAIL", "stack", f"{stack.name} is {status}", "deploy it again")
    if status.endswith(("_IN_PROGRESS", "_FAILED")) or "ROLLBACK" in status:
        return Finding("warn", "stack", f"{stack.name} is {status}", "look at its events in CloudFormation")
    return Finding("ok", "stack", f"{stack.name} is {status}")


def _check_bucket(stack: DeployedStack) -> Finding:
    try:
        bucket = stack.output("BucketName")
        with errors_of("s3", f"s3://{bucket}"):
            stack.aws.s3.head_bucket(Bucket=bucket)
    except StackError as error:
        # AWS: HeadBucket needs s3:ListBucket. The stack's functions have their own permissions.
        if error.code == "AccessDenied":
            return Finding("warn", "bucket", f"s3://{bucket} could not be asked for", "allow s3:ListBucket on it")
        return Finding("FAIL", "bucket", str(error), "deploy the stack again" if error.code == "404" else "")
    return Finding("ok", "bucket", f"s3://{bucket}")


def _check_machine(stack: DeployedStack, output: str, subject: str) -> tuple[Finding, dict[str, Any]]:
    try:
        arn = stack.output(output)
        with errors_of("states", arn):
            found = stack.aws.stepfunctions.describe_state_machine(stateMachineArn=arn)
    except StackError as error:
        return Finding("warn" if error.code == "AccessDenied" else "FAIL", subject, str(error)), {}
    if found["status"] != "ACTIVE":
        return Finding("FAIL", subject, f"{arn} is {found['status']}", "deploy the stack again"), {}
    return Finding("ok", subject, arn), json.loads(found["definition"])


def _read_settings(stack: DeployedStack, definition: dict[str, Any]) -> tuple[Settings, Finding]:
    """Read the deployment's settings from the environment of a function; without permission, assume the defaults."""
    own = Settings(bucket="unknown")
    fallback = "unknown, so Retake's own are assumed below"
    try:
        function = definition["States"][FUNCTIONS["prepare"].state]["Arguments"]["FunctionName"]
        with errors_of("lambda", function):
            found = stack.aws.client("lambda", QUICK).get_function_configuration(FunctionName=function)
        settings = Settings.from_environment(found.get("Environment", {}).get("Variables", {}))
    except StackError as error:
        return own, Finding("warn", "settings", f"{fallback} ({error})")
    except (LookupError, TypeError):
        return own, Finding(
            "warn", "settings", f"{fallback} (the loop machine's definition does not name the function)"
        )
    except InvalidRequestError as error:
        return own, Finding("FAIL", "settings", f"those of {function} are invalid: {error}", "deploy the stack again")
    models = f"{settings.image_model_id}, {settings.validate_model_id}, {settings.revise_model_id}"
    return settings, Finding("ok", "settings", models)


def _check_concurrency(aws: Aws, settings: Settings) -> Finding:
    planned = (
        default_concurrency([image_models()[settings.image_model_id]])
        if settings.image_model_id in image_models()
        else 1
    )
    try:
        with errors_of("lambda"):
            limits = aws.client("lambda", QUICK).get_account_settings()["AccountLimit"]
    except StackError as error:
        return Finding("warn", "concurrency", f"Lambda's quota was not checked: {error}")
    free, all_at_once = limits["UnreservedConcurrentExecutions"], limits["ConcurrentExecutions"]
    text = f"Lambda runs {free:,} of {all_at_once:,} functions at once without a reservation; a batch plans {planned}"
    if free == 0:
        return Finding("FAIL", "concurrency", text, "ask AWS for more concurrent executions, or remove reservations")
    if free < planned:
        fix = f"set max_concurrency of batches to {free} at most, or ask AWS for more concurrent executions"
        return Finding("warn", "concurrency", text, fix)
    return Finding("ok", "concurrency", text)
