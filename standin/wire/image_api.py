"""InvokeModel for the image models: picks the model family by the model id.

Source: AWS docs, Bedrock user guide, model cards of Titan Image Generator and Stability AI (2026): image models have
bare ids and no inference profile. Titan is past its end of life in AWS; the stand-in still serves it.
"""

from typing import Any

from standin.options import Options
from standin.wire import stability, titan
from standin.wire.service_error import invalid_request

TITAN_MODELS = frozenset({"amazon.titan-image-generator-v1", "amazon.titan-image-generator-v2:0"})
STABILITY_MODELS = frozenset(
    {"stability.stable-image-core-v1:1", "stability.stable-image-ultra-v1:1", "stability.sd3-5-large-v1:0"}
)


def invoke(model_id: str, body: dict[str, Any], options: Options, fault: str | None) -> dict[str, Any]:
    """Return the model's answer in its documented form.

    Raises:
        ServiceError: an unknown model, a body outside the model's documented limits, or a blocked prompt (Titan).
    """
    base_id = model_id.rsplit("/", 1)[-1] if model_id.startswith("arn:") else model_id
    if base_id in TITAN_MODELS:
        return titan.invoke(body, options, fault)
    if base_id in STABILITY_MODELS:
        return stability.invoke(base_id, body, options, fault)
    raise invalid_request("The provided model identifier is invalid.")
