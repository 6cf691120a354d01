"""The custom models of a deployment, declared in its settings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.strict_json import StrictJsonError, read_json

# AWS: the kinds of ARNs that InvokeModel takes for a model of one's own (API reference, InvokeModel, modelId).
_ARN = re.compile(
    r"arn:aws(-[^:]+)?:bedrock:(?P<region>[a-z0-9-]{1,20}):[0-9]{12}:"
    r"(provisioned-model/[a-z0-9]{12}|custom-model-deployment/[a-z0-9]{12}|custom-model/[a-z0-9.:-]{1,130}/[a-z0-9]{12})"
)
_MAX_NAME_CHARS = 63


@dataclass(frozen=True)
class CustomModel:
    """A model of one's own: a fine-tuned one, or throughput that was bought for one."""

    arn: str
    base_model_id: str
    """The foundation model from which it was made. Its limits and its lifecycle are this one's."""
    name: str

    @property
    def region(self) -> str:
        """The Region in which it is called."""
        return self.arn.split(":")[3]


_KEYS = [field.name for field in fields(CustomModel)]
_EXAMPLE = (
    '[{"arn": "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abcdefghijkl", '
    '"base_model_id": "amazon.titan-image-generator-v2:0", "name": "ron"}]'
)
_declared: dict[str, CustomModel] = {}


def declare_custom_models(models: Sequence[CustomModel]) -> None:
    """Make custom models known to the catalogue of this process. An ARN is unique, so settings cannot disagree."""
    _declared.update({model.arn: model for model in models})


def declared_custom_model(arn: str) -> CustomModel | None:
    """Return the custom model with this ARN, if some settings of this process declare it."""
    return _declared.get(arn)


def parse_custom_models(text: str, label: str) -> tuple[CustomModel, ...]:
    """Return the custom models in a JSON list.

    label: the name of the setting, for the message.

    Raises:
        InvalidRequestError: the text is not such a list.
    """
    try:
        items = read_json(text)
    except StrictJsonError:
        items = text
    return check_custom_models(items, label)


def check_custom_models(items: Any, label: str) -> tuple[CustomModel, ...]:
    """Return the custom models in a list of objects. Whether the base model exists is checked by the catalogue.

    Raises:
        InvalidRequestError: it is not such a list.
    """
    if not isinstance(items, list):
        raise InvalidRequestError(
            f"{label}: {format_value(items)} is not a list of objects; give one, such as {_EXAMPLE}"
        )
    models = tuple(_check_item(item, f"{label}[{place}]") for place, item in enumerate(items))
    for key in ("arn", "name"):
        values = [getattr(model, key) for model in models]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise InvalidRequestError(f"{label}: two models have the {key} {format_value(twice)}; keep one")
    return models


def _check_item(item: Any, label: str) -> CustomModel:
    if not isinstance(item, dict) or sorted(item) != sorted(_KEYS):
        raise InvalidRequestError(
            f"{label}: {format_value(item)} is not an object with {', '.join(_KEYS)}; give one as in {_EXAMPLE}"
        )
    for key in _KEYS:
        if not isinstance(item[key], str) or not item[key].strip():
            raise InvalidRequestError(f"{label}.{key}: {format_value(item[key])} is not a text; give one")
    if not _ARN.fullmatch(item["arn"]):
        raise InvalidRequestError(
            f"{label}.arn: {format_value(item['arn'])} is not the ARN of a provisioned or custom model of Amazon Bedrock; "
            "`retake finetune throughput` prints it"
        )
    if len(item["name"]) > _MAX_NAME_CHARS:
        raise InvalidRequestError(
            f"{label}.name: {format_value(item['name'])} is too long; give at most {_MAX_NAME_CHARS}"
        )
    return CustomModel(**item)
