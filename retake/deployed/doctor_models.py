"""Ask AWS about each model of the settings: access, lifecycle, and quotas against what a batch plans."""

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
    find_image_model,
    lifecycle_warning,
)
from lambdas.core.runtime.settings import Settings
from retake.deployed.aws import UNSERVED, Aws, StackError, errors_of
from retake.deployed.quotas import Scope, Unit, find_quota
from retake.view.findings import Finding

# A person waits, so that a service that does not answer is soon a warning.
QUICK = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"})
# docs/scale.md: 90 verdicts a minute are about 250,000 tokens, and Bedrock reserves `max_tokens` on top.
_VERDICT_TOKENS = 4_000
_MODEL_FIX = "an administrator opens the model in the Bedrock console (docs/deploy.md)"


@dataclass(frozen=True)
class _Model:
    """A model of the settings, and the Region from which it is called."""

    role: str
    model: ImageModel | ClaudeModel
    region: str

    @property
    def base_id(self) -> str:
        return self.model.base_model_id or self.model.model_id

    @property
    def scope(self) -> Scope:
        if isinstance(self.model, ImageModel):
            return "on-demand"
        return "global cross-region" if self.model.profile == "global" else "cross-region"


def check_models(aws: Aws, settings: Settings) -> Iterator[Finding]:
    """Yield the findings about each model that a request may name under these settings."""
    quotas: dict[str, tuple[list[Any], list[Any]] | StackError] = {}
    rate = 0
    for found in _configured_models(settings):
        if isinstance(found, Finding):
            yield found
            continue
        if found.region not in quotas:
            quotas[found.region] = read = _read_quotas(aws, found.region)
            if isinstance(read, StackError) and read.code == UNSERVED:
                yield Finding(
                    "warn", "models", "not checked: this endpoint is not AWS, and has no models and no quotas"
                )
                return
        yield _check_access(aws, found)
        yield _check_lifecycle(aws, found)
        if isinstance(found.model, ImageModel):
            rate = max(rate, found.model.requests_per_minute)
        yield from _check_quotas(found, quotas[found.region], rate)


def _configured_models(settings: Settings) -> Iterator[_Model | Finding]:
    """Yield each model that a request may name without an own setting, once; for an unknown one, a finding."""
    roles = {settings.image_model_id: "images"}
    roles |= {
        model_id: f"images {task}" for task, model_id in settings.image_model_ids.items() if model_id not in roles
    }
    roles |= {settings.validate_model_id: "judge"}
    roles.setdefault(settings.revise_model_id, "reviser")
    extra = [model_id for model_id in settings.extra_model_ids if model_id != "*"]
    for model_id in (*roles, *(model_id for model_id in extra if model_id not in roles)):
        role = roles.get(model_id, "extra")
        if image := find_image_model(model_id):
            yield _Model(role, image, settings.image_region)
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
            client = aws.client("bedrock", QUICK, region=found.region)
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
            client = aws.client("bedrock", QUICK, region=found.region)
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
    client = aws.client("service-quotas", QUICK, region=region)
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
