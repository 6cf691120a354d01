"""A deployment's settings. All functions get the same block of environment variables."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.functions import CLAUDE_READ_TIMEOUT_S, IMAGE_READ_TIMEOUT_S
from lambdas.core.runtime.quoting import format_value

_PREFIX = "RETAKE_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The defaults for an event's fields, and the limits that no event may exceed.

    Settings(bucket="pictures")                                 # the default models are Active in November 2026
    Settings(bucket="pictures", max_cost_usd_per_run=1.0)       # a lower ceiling for every run
    Settings(bucket="pictures", extra_buckets=("campaign",))    # an event may write to "campaign" too
    """

    bucket: str
    """The stack's bucket. Every run's folder is in it, unless the event names another bucket."""
    extra_buckets: tuple[str, ...] = ()
    """Other buckets that an event may name."""
    extra_model_ids: tuple[str, ...] = ()
    """Other models that an event may name, in addition to the three defaults. "*" allows the whole catalogue."""
    image_model_id: str = "stability.stable-image-core-v1:1"
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
    batch_table: str = ""
    """The DynamoDB table with a batch's spending and progress (key `id`, a string; TTL `expires_at`)."""
    check_model_access: bool = False
    """Whether a dry run asks Bedrock if the account may call the models. True in a deployed stack only."""
    local_prefix: str = ""
    """The key prefix that the folder on a user's machine leaves out of its paths; links between records must follow.
    Empty in a deployed stack."""
    image_read_timeout_s: float = IMAGE_READ_TIMEOUT_S
    claude_read_timeout_s: float = CLAUDE_READ_TIMEOUT_S

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from `RETAKE_*` variables. A missing or empty variable means the default.

        Raises:
            InvalidRequestError: the bucket is missing, or a number is not above 0. The deployment's owner must fix it.
        """
        given: dict[str, object] = {}
        for field in fields(cls):
            name = _PREFIX + field.name.upper()
            text = environment.get(name, "")
            if not text:
                continue
            if field.type is float or field.type == "float":
                given[field.name] = _positive(name, text)
            elif isinstance(field.default, bool):
                given[field.name] = text == "True"
            elif isinstance(field.default, tuple):
                given[field.name] = tuple(text.split(","))
            else:
                given[field.name] = text
        if "bucket" not in given:
            raise InvalidRequestError(f"{_PREFIX}BUCKET: not set; it names the stack's bucket")
        return cls(**given)  # type: ignore[arg-type]  # every value was converted to its field's type above

    def to_environment(self) -> dict[str, str]:
        """Return the variables from which `from_environment` reads the same settings."""
        environment = {}
        for field in fields(self):
            value = getattr(self, field.name)
            environment[_PREFIX + field.name.upper()] = ",".join(value) if isinstance(value, tuple) else f"{value}"
        return environment


def _positive(name: str, text: str) -> float:
    """Parse a variable as a finite number above 0. A ceiling of NaN or infinity would never be reached."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise InvalidRequestError(
            f"{name}: {format_value(text)} is not a number above 0; correct this environment variable"
        )
    return number


@cache
def settings() -> Settings:
    """Return the settings from this process's environment, read once."""
    return Settings.from_environment(os.environ)
