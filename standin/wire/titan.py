"""Titan Image Generator G1 (v1, v2, and fine-tuned): its seven tasks.

Source: AWS docs, Bedrock user guide, model-parameters-titan-image and titan-image-models (2026 copies). The messages of
the content filter are from the Nova user guide, image-gen-errors; users of Titan report the same ones.
"""

from typing import Any

from standin.answers.content_filter import is_blocked
from standin.options import Options
from standin.wire import body_schema as schema
from standin.wire.picture_file import encode_base64
from standin.wire.service_error import in_own_words, invalid_request
from standin.wire.titan_config import parse_generation_config
from standin.wire.titan_tasks import TASKS, TitanModel

V1 = TitanModel(tasks=("TEXT_IMAGE", "INPAINTING", "OUTPAINTING", "IMAGE_VARIATION"), has_conditions=False)
V2 = TitanModel(tasks=tuple(TASKS), has_conditions=True)
FINE_TUNED = TitanModel(tasks=("TEXT_IMAGE", "IMAGE_VARIATION", "BACKGROUND_REMOVAL"), has_conditions=True)
"""AWS: a fine-tuned Titan has no inpainting, no outpainting and no palette."""
TITAN_MODELS = {"amazon.titan-image-generator-v1": V1, "amazon.titan-image-generator-v2:0": V2}
_CUSTOM_ARNS = (":provisioned-model/", ":custom-model/", ":custom-model-deployment/")

BLOCKED_PROMPT = (
    "This request has been blocked by our content filters. Please adjust your text prompt to submit a new request."
)
BLOCKED_INPUT = (
    "This request has been blocked by our content filters. Please adjust your input image to submit a new request."
)
BLOCKED_IMAGES = (
    "This request has been blocked by our content filters because the generated image(s) may conflict with our AUP "
    "or AWS Responsible AI Policy. Please try again."
)


def find_model(model_id: str) -> TitanModel | None:
    """Return the Titan of an id or ARN. The ARN of any provisioned or custom model is a fine-tuned Titan v2."""
    if model_id.startswith("arn:") and any(kind in model_id for kind in _CUSTOM_ARNS):
        return FINE_TUNED
    return TITAN_MODELS.get(model_id.rsplit("/", 1)[-1] if model_id.startswith("arn:") else model_id)


def invoke(model: TitanModel, body: dict[str, Any], options: Options, fault: str | None) -> dict[str, Any]:
    """Return `{"images": [base64 PNG, ...], "error": null}`. After the output filter: no images, and an error.

    Raises:
        ServiceError: a body outside the documented limits, or a blocked prompt or input picture.
    """
    name = schema.parse_enum(schema.require(body, "taskType"), "#/taskType", V2.tasks)
    if name not in model.tasks:
        raise in_own_words(f"#/taskType: this model does not take {name}.")
    task = TASKS[name]
    has_config = name != "BACKGROUND_REMOVAL"
    schema.reject_unknown(body, ("taskType", task.params, *(("imageGenerationConfig",) if has_config else ())))
    path = f"#/{task.params}"
    params = schema.parse_object(schema.require(body, task.params), path)
    config = parse_generation_config(body.get("imageGenerationConfig", {}), has_size=task.has_size)
    job = task.parse(params, path, config, model)
    if fault == "filter_prompt" or is_blocked(job.text):
        raise invalid_request(BLOCKED_PROMPT)
    if fault == "filter_input" and job.has_input_image:
        raise invalid_request(BLOCKED_INPUT)
    if fault == "filter_output":
        return {"images": [], "error": BLOCKED_IMAGES}
    count = config.images if has_config else 1
    images = [encode_base64(job.draw(number, options, fault), "png") for number in range(count)]
    answer = {"images": images, "error": None}
    return answer if job.mask is None else answer | {"maskImage": encode_base64(job.mask(), "png")}
