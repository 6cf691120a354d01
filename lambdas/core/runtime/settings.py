"""A deployment's settings, as the functions see them: one block of environment variables, the same for all."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.functions import CLAUDE_READ_TIMEOUT_S, IMAGE_READ_TIMEOUT_S

_PREFIX = "RETAKE_"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an event may leave out, and what it may not pass.

    Settings(bucket="pictures")                                     # the defaults: models that are Active in November 2026
    Settings(bucket="pictures", max_cost_usd_per_run=1.0)           # a lower ceiling for every run
    Settings(bucket="pictures", extra_buckets=("campaign",))        # buckets that an event may name besides
    """

    bucket: str
    """The stack's bucket, where a run's folder goes unless the event names another."""
    extra_buckets: tuple[str, ...] = ()
    extra_model_ids: tuple[str, ...] = ()
    """Models that an event may name besides the three defaults; "*" stands for every model of the catalogue."""
    image_model_id: str = "stability.stable-image-core-v1:1"
    validate_model_id: str = "us.anthropic.claude-haiku-5-5"
    revise_model_id: str = "us.anthropic.claude-sonnet-5-5"
    image_region: str = "us-west-2"
    """The Region where the image model is called. Stability's models live in us-west-2 only."""
    claude_region: str = "us-west-2"
    """The Region from which Claude's inference profiles are called."""
    max_cost_usd_per_run: float = 5.0
    """The ceiling that an event's `max_cost_usd` may lower but never raise."""
    max_cost_usd_per_batch: float = 100.0
    """The ceiling of a whole batch, which its `batch_max_cost_usd` may lower but never raise."""
    batch_table: str = ""
    """The DynamoDB table (key `id`, a string; TTL `expires_at`) that counts what a batch's items spend together."""
    check_model_access: bool = False
    """Whether a dry run asks Bedrock if the account may call the models; only a deployed stack may ask."""
    image_read_timeout_s: float = IMAGE_READ_TIMEOUT_S
    claude_read_timeout_s: float = CLAUDE_READ_TIMEOUT_S

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings in `RETAKE_*` variables; what is not there takes its default.

        Raises:
            InvalidRequestError: the bucket is missing, or a number is none. Only a deployment's owner can mend it.
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
        return cls(**given)  # type: ignore[arg-type]  # every value was made for its field above

    def to_environment(self) -> dict[str, str]:
        """The variables that `from_environment` reads back."""
        environment = {}
        for field in fields(self):
            value = getattr(self, field.name)
            environment[_PREFIX + field.name.upper()] = ",".join(value) if isinstance(value, tuple) else f"{value}"
        return environment


def _positive(name: str, text: str) -> float:
    """The number in a variable. A ceiling that is no number would be no ceiling."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise InvalidRequestError(f"{name}: {text!r} is not a number above 0; mend the environment")
    return number


@cache
def settings() -> Settings:
    """This function's settings, read from its environment once."""
    return Settings.from_environment(os.environ)
