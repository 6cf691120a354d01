"""InvokeModel for the image models: picks the model family by the model id.

Source: AWS docs, Bedrock user guide, model cards of Titan Image Generator and Stability AI (2026): Titan and Stability's
generators have bare ids and no inference profile, Stability's Image Services have a `us.` profile and cannot be called
without it. Titan is past its end of life in AWS; the stand-in still serves it.
"""

from typing import Any

from standin.options import Options
from standin.wire import stability, stability_services, titan
from standin.wire.service_error import invalid_request, needs_profile

TITAN_MODELS = frozenset(titan.TITAN_MODELS)
STABILITY_MODELS = frozenset(
    {"stability.stable-image-core-v1:1", "stability.stable-image-ultra-v1:1", "stability.sd3-5-large-v1:0"}
)
_PROFILE = "us."
SERVICE_PROFILES = frozenset(_PROFILE + model_id for model_id in stability_services.SERVICES)
"""The ids by which Image Services are called."""


PROFILE_REGIONS = ("us-east-1", "us-east-2", "us-west-2")
"""AWS: the Regions from which the `us.` profiles of Image Services can be called."""


def invoke(
    model_id: str, body: dict[str, Any], options: Options, fault: str | None, region: str = ""
) -> dict[str, Any]:
    """Return the model's answer in its documented form. `region`: where it is called; empty: not known.

    Raises:
        ServiceError: an unknown model, a body outside the model's documented limits, or a blocked prompt (Titan).
    """
    if titan_model := titan.find_model(model_id):
        return titan.invoke(titan_model, body, options, fault)
    base_id = model_id.rsplit("/", 1)[-1] if model_id.startswith("arn:") else model_id
    if base_id in STABILITY_MODELS:
        return stability.invoke(base_id, body, options, fault)
    if base_id in stability_services.SERVICES:
        raise needs_profile(base_id)
    if base_id in SERVICE_PROFILES and region in ("", *PROFILE_REGIONS):
        return stability_services.invoke(base_id.removeprefix(_PROFILE), body, options, fault)
    raise invalid_request("The provided model identifier is invalid.")
