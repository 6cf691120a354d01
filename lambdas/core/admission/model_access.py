"""Check whether this account may call the models of a request. Only a dry run checks this."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.request.request import Request
from lambdas.core.runtime.settings import Settings

NOT_CHECKED = "not checked"


def model_access(request: Request, settings: Settings) -> dict[str, str]:
    """Return "available", "not available: …" or "not checked" for each model id.

    Only a deployed stack checks.
    """
    places = {
        request.image_model_id: (settings.image_region, request.image_model_id),
        request.validate_model_id: (settings.claude_region, request.validate_model.base_model_id),
        request.revise_model_id: (settings.claude_region, request.revise_model.base_model_id),
    }
    if not settings.check_model_access:
        return dict.fromkeys(places, NOT_CHECKED)
    found = {model_id: _access(region, base_id) for model_id, (region, base_id) in places.items()}
    if request.image_model.base_model_id:
        # AWS: GetFoundationModelAvailability knows foundation models only.
        found[request.image_model_id] = f"{NOT_CHECKED} (a custom model)"
    return found


def _access(region: str, base_model_id: str) -> str:
    try:
        found = boto3.client("bedrock", region_name=region).get_foundation_model_availability(modelId=base_model_id)
    except (ClientError, BotoCoreError) as error:
        return f"{NOT_CHECKED} ({error})"
    missing = missing_access(found)
    return f"not available: no {', '.join(missing)}" if missing else "available"


def missing_access(found: Mapping[str, Any]) -> list[str]:
    """Return what an account lacks to call a model, given the answer of GetFoundationModelAvailability."""
    wanted = {
        "agreement": found["agreementAvailability"]["status"] == "AVAILABLE",
        "authorization": found["authorizationStatus"] == "AUTHORIZED",
        "entitlement": found["entitlementAvailability"] == "AVAILABLE",
        "Region": found["regionAvailability"] == "AVAILABLE",
    }
    return [name for name, there in wanted.items() if not there]
