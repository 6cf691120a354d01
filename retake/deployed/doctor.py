"""Ask AWS whether a run would work: credentials, models, quotas, and the parts of a stack. Nothing here is paid for."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.config import Config

from lambdas.core.admission.model_access import missing_access
from lambdas.core.batch.settings import default_concurrency
from lambdas.core.catalogue.models import (
    ClaudeModel,
    ImageModel,
    claude_model,
    claude_model_ids,
    image_model,
    image_models,
    lifecycle_warning,
)
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.functions import FUNCTIONS
from lambdas.core.runtime.settings import Settings
from retake.deployed.aws import Aws, StackError, errors_of
from retake.deployed.quotas import Scope, Unit, find_quota
from retake.deployed.stack import DeployedStack
from retake.view.findings import Finding

# A person waits, so that a service that does not answer is soon a warning.
_QUICK = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"})
_BEDROCK_KEY = "AWS_BEARER_TOKEN_BEDROCK"
# docs/scale.md: 90 verdicts a minute are about 250,000 tokens, and Bedrock reserves `max_tokens` on top.
_VERDICT_TOKENS = 4_000
_MODEL_FIX = "an administrator opens the model in the Bedrock console (docs/deploy.md)"
_BAD_STATUS = ("DELETE", "ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED")


@dataclass(frozen=True)
class _Model:
    """A model of the settings, and the Region from which it is called."""

    role: str
    model: ImageModel | ClaudeModel
    region: str

    @property
    def base_id(self) -> str:
        return self.model.base_model_id if isinstance(self.model, ClaudeModel) else self.model.model_id

    @property
    def scope(self) -> Scope:
        if isinstance(self.model, ImageModel):
            return "on-demand"
        return "global cross-region" if self.model.profile == "global" else "cross-region"


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
        yield from _check_models(aws, settings)


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
    yield from _check_models(stack.aws, settings)
    yield _check_concurrency(stack.aws, settings)


def _check_caller(aws: Aws) -> Finding:
    try:
        with errors_of("sts"):
            found = aws.client("sts", _QUICK).get_caller_identity()
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
            found = stack.aws.client("lambda", _QUICK).get_function_configuration(FunctionName=function)
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


def _check_models(aws: Aws, settings: Settings) -> Iterator[Finding]:
    quotas: dict[str, tuple[list[Any], list[Any]] | StackError] = {}
    rate = 0
    for found in _configured_models(settings):
        if isinstance(found, Finding):
            yield found
            continue
        yield _check_access(aws, found)
        yield _check_lifecycle(aws, found)
        if found.region not in quotas:
            quotas[found.region] = _read_quotas(aws, found.region)
        if isinstance(found.model, ImageModel):
            rate = max(rate, found.model.requests_per_minute)
        yield from _check_quotas(found, quotas[found.region], rate)


def _configured_models(settings: Settings) -> Iterator[_Model | Finding]:
    """Yield each model that a request may name without an own setting, once; for an unknown one, a finding."""
    roles = {settings.image_model_id: "images", settings.validate_model_id: "judge"}
    roles.setdefault(settings.revise_model_id, "reviser")
    extra = [model_id for model_id in settings.extra_model_ids if model_id != "*"]
    for model_id in (*roles, *(model_id for model_id in extra if model_id not in roles)):
        role = roles.get(model_id, "extra")
        if model_id in image_models():
            yield _Model(role, image_model(model_id), settings.image_region)
        elif model_id in claude_model_ids():
            yield _Model(role, claude_model(model_id, "model"), settings.claude_region)
        else:
            yield Finding(
                "FAIL", f"model {role}", f"{model_id} is not in the catalogue", "`retake models` lists those that are"
            )


def _check_access(aws: Aws, found: _Model) -> Finding:
    subject = f"access {found.role}"
    what = f"{found.model.model_id} in {found.region}"
    try:
        with errors_of("bedrock", found.base_id):
            client = aws.client("bedrock", _QUICK, region=found.region)
            missing = missing_access(client.get_foundation_model_availability(modelId=found.base_id))
    except StackError as error:
        if error.code in ("ResourceNotFoundException", "ValidationException"):
            return Finding("FAIL", subject, f"{what}: Bedrock has no such model there ({error})")
        return Finding("warn", subject, f"{what} was not checked: {error}")
    if missing:
        return Finding("FAIL", subject, f"{what}: no {', '.join(missing)}", _MODEL_FIX)
    return Finding("ok", subject, f"{what} may be called")


def _check_lifecycle(aws: Aws, found: _Model) -> Finding:
    subject, model_id, now = f"lifecycle {found.role}", found.model.model_id, datetime.now(UTC)
    fix = "`retake models` lists the others"
    try:
        with errors_of("bedrock", found.base_id):
            client = aws.client("bedrock", _QUICK, region=found.region)
            details = client.get_foundation_model(modelIdentifier=found.base_id)["modelDetails"]
    except StackError as error:
        if error.code in ("ResourceNotFoundException", "ValidationException"):
            return Finding("FAIL", subject, f"{model_id}: Bedrock has no such model in {found.region} ({error})", fix)
        known = lifecycle_warning(found.model, now.date()) or f"{model_id} is Active"
        return Finding("warn", subject, f"by the catalogue, {known}; AWS was not asked: {error}")
    lifecycle = details.get("modelLifecycle") or {}
    end = lifecycle.get("endOfLifeTime")
    if end and end <= now:
        return Finding("FAIL", subject, f"{model_id} reached its end of life on {end:%Y-%m-%d}", fix)
    if lifecycle.get("status") == "LEGACY":
        until = f", end of life {end:%Y-%m-%d}" if end else ""
        return Finding("warn", subject, f"{model_id} is Legacy{until}; a new account cannot use it", fix)
    return Finding("ok", subject, f"{model_id} is {str(lifecycle.get('status', 'Active')).capitalize()}")


def _read_quotas(aws: Aws, region: str) -> tuple[list[Any], list[Any]] | StackError:
    """Return the account's quotas of Bedrock in the Region and AWS's defaults, or why they cannot be read."""
    client = aws.client("service-quotas", _QUICK, region=region)
    try:
        with errors_of("servicequotas", f"bedrock in {region}"):
            applied, defaults = (
                [
                    quota
                    for page in client.get_paginator(operation).paginate(ServiceCode="bedrock")
                    for quota in page["Quotas"]
                ]
                for operation in ("list_service_quotas", "list_aws_default_service_quotas")
            )
    except StackError as error:
        return error
    return applied, defaults


def _check_quotas(found: _Model, quotas: tuple[list[Any], list[Any]] | StackError, rate: int) -> Iterator[Finding]:
    """Yield the findings about a model's quotas. `rate` is the number of pictures a minute that a batch plans."""
    subject, model = f"quota {found.role}", found.model
    if isinstance(quotas, StackError):
        yield Finding("warn", subject, f"{model.model_id} was not checked: {quotas}")
        return
    units: tuple[Unit, ...] = ("requests", "tokens")
    limits = [(unit, quota) for unit in units if (quota := find_quota(*quotas, model.name, found.scope, unit))]
    if not limits:
        yield Finding(
            "warn", subject, f"{model.model_id}: unknown; Service Quotas lists none by the name {model.name!r}"
        )
    for unit, quota in limits:
        source = "AWS's default; the account's own is not listed" if quota.is_default else "the account's"
        text = f"{model.model_id}: {quota.per_minute:,.0f} {unit} a minute in {found.region} ({source})"
        needed = rate if unit == "requests" else rate * _VERDICT_TOKENS
        if isinstance(model, ImageModel):
            needed = model.requests_per_minute if unit == "requests" else 0
        elif found.role != "judge":
            needed = 0
        if quota.per_minute == 0:
            yield Finding("FAIL", subject, text, "ask AWS for a quota above 0 (a new account may have none)")
        elif quota.per_minute < needed:
            share = quota.per_minute / needed
            at_once = max(1, int(default_concurrency([model]) * share)) if isinstance(model, ImageModel) else None
            fix = (
                f"set max_concurrency of batches to {at_once}" if at_once else "set a lower max_concurrency for batches"
            )
            yield Finding("warn", subject, f"{text}; a batch plans {needed:,}, and would be throttled", fix)
        else:
            yield Finding("ok", subject, text)


def _check_concurrency(aws: Aws, settings: Settings) -> Finding:
    planned = (
        default_concurrency([image_models()[settings.image_model_id]])
        if settings.image_model_id in image_models()
        else 1
    )
    try:
        with errors_of("lambda"):
            limits = aws.client("lambda", _QUICK).get_account_settings()["AccountLimit"]
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
