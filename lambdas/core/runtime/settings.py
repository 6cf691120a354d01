"""A deployment's settings. All functions get the same block of environment variables."""

import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from lambdas.core.runtime.custom_models import CustomModel, declare_custom_models, parse_custom_models
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.functions import CLAUDE_READ_TIMEOUT_S, IMAGE_READ_TIMEOUT_S
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.strict_json import StrictJsonError, read_json

PREFIX = "RETAKE_"
# The stack and the command line set these; they are not part of a user's or an owner's choice.
_INTERNAL = {"is_internal": True}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The defaults for an event's fields, and the limits that no event may exceed.

    Settings(bucket="pictures")                                 # the default models are Active in November 2026
    Settings(bucket="pictures", max_cost_usd_per_run=1.0)       # a lower ceiling for every run
    Settings(bucket="pictures", extra_output_buckets=("campaign",))    # an event may write to "campaign" too
    """

    bucket: str
    """The stack's bucket. Every run's folder is in it, unless the event names another bucket."""
    extra_output_buckets: tuple[str, ...] = ()
    """Other buckets that an event may name for its output."""
    extra_input_buckets: tuple[str, ...] = ()
    """Other buckets from which an event may take source pictures."""
    extra_model_ids: tuple[str, ...] = ()
    """Other models that an event may name, in addition to the three defaults. "*" allows the whole catalogue."""
    custom_models: tuple[CustomModel, ...] = ()
    """Models of one's own that an event may name by their ARNs."""
    image_model_id: str = "stability.stable-image-core-v1:1"
    image_model_ids: dict[str, str] = field(default_factory=dict)
    """The image model of a task, by `task_type`. Without one: `image_model_id` if it does the task, else another that an event
    may name."""
    validate_model_id: str = "us.anthropic.claude-haiku-5-5"
    revise_model_id: str = "us.anthropic.claude-sonnet-5-5"
    image_region: str = "us-west-2"
    """The Region where the image model is called. Stability's models are in us-west-2 only."""
    claude_region: str = "us-west-2"
    """The Region from which Claude's inference profiles are called."""
    max_cost_usd_per_run: float = 5.0
    """The cost ceiling of a run. An event's `max_cost_usd` may lower it but never raise it."""
    max_cost_usd_per_batch: float = 100.0
    """The cost ceiling of a batch. Its `batch_max_cost_usd` may lower it but never raise it."""
    batch_table: str = field(default="", metadata=_INTERNAL)
    """The DynamoDB table with a batch's spending and progress (key `id`, a string; TTL `expires_at`)."""
    check_model_access: bool = field(default=False, metadata=_INTERNAL)
    """Whether a dry run asks Bedrock if the account may call the models. True in a deployed stack only."""
    local_prefix: str = field(default="", metadata=_INTERNAL)
    """The key prefix that the folder on a user's machine leaves out of its paths; links between records must follow.
    Empty in a deployed stack."""
    local_folder: str = field(default="", metadata=_INTERNAL)
    """The folder on a user's machine that mirrors the buckets, with a slash at its end. Empty in a deployed stack."""
    s3_url: str = field(default="", metadata=_INTERNAL)
    """The address at which browsers reach S3 under `retake serve`. Empty for S3 in AWS."""
    image_read_timeout_s: float = IMAGE_READ_TIMEOUT_S
    claude_read_timeout_s: float = CLAUDE_READ_TIMEOUT_S

    def __post_init__(self) -> None:
        """Make the custom models known to the catalogue of this process."""
        declare_custom_models(self.custom_models)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from `RETAKE_*` variables, lists and maps as JSON. A missing or empty variable means the default.

        Raises:
            InvalidRequestError: the bucket is missing, or a value is invalid; the message has a line for each fault. The
                deployment's owner must fix it.
        """
        given: dict[str, Any] = {}
        faults = []
        for name in SETTING_TYPES:
            variable = variable_name(name)
            if text := environment.get(variable, ""):
                try:
                    given[name] = parse_setting(name, text, variable)
                except InvalidRequestError as fault:
                    faults.append(str(fault))
        if not environment.get(variable_name("bucket")):
            faults.append(f"{variable_name('bucket')}: not set; it names the stack's bucket")
        if faults:
            raise InvalidRequestError("\n".join(faults))
        return cls(**given)

    def to_environment(self) -> dict[str, str]:
        """Return the variables from which `from_environment` reads the same settings."""
        return {variable_name(name): format_setting(getattr(self, name)) for name in SETTING_TYPES}


SETTING_TYPES: dict[str, Any] = {one.name: one.type for one in fields(Settings)}
"""The type of each setting, by its name."""

USER_SETTINGS = tuple(one.name for one in fields(Settings) if not one.metadata.get("is_internal"))
"""The settings that people choose. Retake sets the others itself."""


def variable_name(setting: str) -> str:
    """Return the name of the environment variable of a setting."""
    return PREFIX + setting.upper()


def format_setting(value: object) -> str:
    """Return the value of a setting as the text of its variable: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=vars)


def parse_setting(name: str, text: str, label: str) -> Any:
    """Return the value of a setting from the text of its variable.

    label: its name in the message.

    Raises:
        InvalidRequestError: the text is not a value of this setting.
    """
    if text != text.strip():
        raise InvalidRequestError(f"{label}: {format_value(text)} begins or ends with a blank; remove it")
    return _PARSERS[SETTING_TYPES[name]](text, label)


def _parse_number(text: str, label: str) -> float:
    """Parse a finite number above 0. A ceiling of NaN or infinity would never be reached."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise InvalidRequestError(f"{label}: {format_value(text)} is not a number above 0; give one, such as 0.5")
    return number


def _parse_flag(text: str, label: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidRequestError(f"{label}: {format_value(text)} is not true or false; give one of them")
    return text == "true"


def _parse_texts(text: str, label: str) -> tuple[str, ...]:
    try:
        items = read_json(text)
    except StrictJsonError:
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) and item.strip() for item in items):
        raise InvalidRequestError(
            f'{label}: {format_value(text)} is not a JSON list of texts; give one, such as ["one", "two"]'
        )
    return tuple(items)


def _parse_map(text: str, label: str) -> dict[str, str]:
    try:
        found = read_json(text)
    except StrictJsonError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) and value.strip() for value in found.values()):
        raise InvalidRequestError(
            f'{label}: {format_value(text)} is not a JSON object of texts; give one, such as {{"INPAINTING": "ID"}}'
        )
    return found


_PARSERS: dict[Any, Callable[[str, str], Any]] = {
    str: lambda text, _: text,
    float: _parse_number,
    bool: _parse_flag,
    tuple[str, ...]: _parse_texts,
    dict[str, str]: _parse_map,
    tuple[CustomModel, ...]: parse_custom_models,
}


@cache
def settings() -> Settings:
    """Return the settings from this process's environment, read once."""
    return Settings.from_environment(os.environ)
