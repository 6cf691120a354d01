"""The settings of a deployment, and the checks that they can work in AWS. context.py reads them from cdk.json."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.inference_profiles import source_regions
from infra.log_groups import RETENTION
from lambdas.core.admission.admit import admit_request
from lambdas.core.admission.image_model_ids import find_faults
from lambdas.core.catalogue.models import (
    ClaudeModel,
    ImageModel,
    claude_model,
    claude_model_ids,
    find_image_model,
    image_models,
)
from lambdas.core.runtime.custom_models import CustomModel, declare_custom_models
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import Settings
from statemachine.schedule import Schedule, ScheduleError

PREFIX = "retake:"
_DEFAULTS = Settings(bucket="")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]+\.[^@\s,;.]+")
_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


class SettingError(ValueError):
    """A setting is invalid. The message is one line that names the setting, the fault and the fix."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment of the stack.

    Deployment()                                                   # models that are Active in November 2026
    Deployment(max_cost_usd_per_run=1.0)                           # a lower ceiling for every run
    Deployment(extra_model_ids=("us.anthropic.claude-opus-5-5",))  # events may name this model, too
    """

    # `make docs` shows these docstrings in docs/deploy.md.
    stack_name: str = "Retake"
    """The stack's name. Stacks with different names are independent."""
    image_model_id: str = _DEFAULTS.image_model_id
    """The image model."""
    image_model_ids: dict[str, str] = field(default_factory=dict)
    """The image model of a task, by `task_type`, such as `{"INPAINTING": "us.stability.stable-image-inpaint-v1:0"}`. A task
    without one gets `image_model_id` if it does the task, else one of `extra_model_ids`."""
    validate_model_id: str = _DEFAULTS.validate_model_id
    """The Claude model that lists the requirements and judges the pictures."""
    revise_model_id: str = _DEFAULTS.revise_model_id
    """The Claude model that rewrites prompts."""
    extra_model_ids: tuple[str, ...] = ()
    """More models that an event may name. Each adds permissions to the functions' roles."""
    custom_models: tuple[CustomModel, ...] = ()
    """Provisioned or custom models, as objects with `arn`, `base_model_id` and `name`. `image_model_id` and events may name
    them by ARN."""
    customization: bool = False
    """Whether to create the role of fine-tuning jobs (`retake finetune`)."""
    image_region: str = _DEFAULTS.image_region
    """The Region in which the image model is called. Stability AI's models are in `us-west-2` only."""
    claude_region: str = _DEFAULTS.claude_region
    """The Region from which Claude's inference profiles are called."""
    extra_output_buckets: tuple[str, ...] = ()
    """Names of existing buckets that an event may name for its output, in addition to the stack's bucket."""
    extra_input_buckets: tuple[str, ...] = ()
    """Names of existing buckets from which an event may take source pictures. They are only read."""
    max_cost_usd_per_run: float = _DEFAULTS.max_cost_usd_per_run
    """The cost ceiling of a run. An event may lower it, never raise it."""
    max_cost_usd_per_batch: float = _DEFAULTS.max_cost_usd_per_batch
    """The cost ceiling of a batch. Its `batch_max_cost_usd` may lower it, never raise it."""
    expire_after_days: int | None = None
    """The age at which S3 deletes objects in the stack's bucket. Without it, they are kept for ever."""
    log_retention_days: int = 90
    """How long logs are kept."""
    log_execution_data: bool = False
    """Whether the state machines log the inputs and outputs of states, which include prompts."""
    schedules: tuple[Schedule, ...] = ()
    """Runs that EventBridge Scheduler starts; see below."""
    alarm_email: str | None = None
    """The address that alarms are sent to. Without it, alarms show in the console only."""
    # The default ceiling of a batch: one batch within its ceiling raises no alarm, two large ones at once do.
    alarm_cost_usd_per_hour: float = 100.0
    """The model cost in one hour above which an alarm goes off. It stops nothing."""

    def __post_init__(self) -> None:
        """Check every setting.

        Raises:
            SettingError: a setting cannot work in AWS.
        """
        _require_match(
            _STACK_NAME, "stack_name", self.stack_name, "a letter, then letters, digits and hyphens, at most 128"
        )
        _require_match(_REGION, "image_region", self.image_region, "a Region such as us-west-2")
        _require_match(_REGION, "claude_region", self.claude_region, "a Region such as us-west-2")
        for setting in ("extra_output_buckets", "extra_input_buckets"):
            for name in getattr(self, setting):
                _require_match(_BUCKET_NAME, setting, name, "names of S3 buckets, without s3:// and without a key")
        if self.alarm_email is not None:
            _require_match(
                _EMAIL, "alarm_email", self.alarm_email, "one address, such as on-call@example.com, or null for none"
            )
        for name in ("max_cost_usd_per_run", "max_cost_usd_per_batch", "alarm_cost_usd_per_hour"):
            ceiling_usd = getattr(self, name)
            if not (math.isfinite(ceiling_usd) and ceiling_usd > 0):
                raise setting_error(name, ceiling_usd, "give US dollars, more than 0")
        if self.expire_after_days is not None and self.expire_after_days < 1:
            raise setting_error(
                "expire_after_days", self.expire_after_days, "give 1 or more days, or null to keep everything"
            )
        if self.log_retention_days not in RETENTION:
            raise setting_error("log_retention_days", self.log_retention_days, f"choose one of {_join(RETENTION)}")
        self._check_models()
        self._check_schedules()

    def _check_models(self) -> None:
        declare_custom_models(self.custom_models)
        self._check_custom_models()
        claude_ids = claude_model_ids()
        known_names = [name for model in image_models().values() for name in {model.model_id: 0, model.call_id: 0}]
        image_ids = (*known_names, *(custom.arn for custom in self.custom_models))
        for value, fix in find_faults(self.image_model_ids):
            raise setting_error("image_model_ids", value, fix)
        for setting, model_id, known in (
            ("image_model_id", self.image_model_id, image_ids),
            ("validate_model_id", self.validate_model_id, claude_ids),
            ("revise_model_id", self.revise_model_id, claude_ids),
            *(("extra_model_ids", extra_id, (*image_ids, *claude_ids)) for extra_id in self.extra_model_ids),
        ):
            if model_id not in known:
                raise setting_error(setting, model_id, f"choose from the catalogue: {_join(known)}")
        for image in self.image_models():
            if self.image_region not in image.regions:
                fault = f"{image.model_id} is not offered there; choose one of {_join(image.regions)}"
                raise setting_error("image_region", self.image_region, fault)
        for claude in (*self.validate_models(), *self.revise_models()):
            assert claude.profile is not None  # every Claude id in the catalogue has a profile prefix
            regions = source_regions(claude.profile)
            if regions is not None and self.claude_region not in regions:
                fault = f"{claude.model_id} cannot be called from there; choose one of {_join(regions)}"
                raise setting_error("claude_region", self.claude_region, fault)

    def _check_custom_models(self) -> None:
        for custom in self.custom_models:
            if custom.base_model_id not in image_models():
                known = _join(image_models())
                fault = f"choose from the catalogue: {known}"
                raise setting_error("custom_models", custom.base_model_id, fault)

    def _check_schedules(self) -> None:
        settings = self.function_settings("the-stacks-own-bucket", "")
        for schedule in self.schedules:
            try:
                trigger = {"schedule": schedule.name, "time": "2026-01-01T00:00:00Z"}
                admit_request({**schedule.event, "trigger": trigger}, settings, schedule.name)
            except ScheduleError as fault:
                raise SettingError(f"{PREFIX}schedules: {fault}") from None
            except InvalidRequestError as fault:
                where = f"{PREFIX}schedules: {schedule.name}: event_file: {schedule.event_file}"
                raise SettingError("\n".join(f"{where}: {line}" for line in fault.faults)) from None

    def image_models(self) -> tuple[ImageModel, ...]:
        """Return the image models that a run may use, the default first."""
        custom_arns = [custom.arn for custom in self.custom_models]
        named = (self.image_model_id, *self.image_model_ids.values(), *self.extra_model_ids, *custom_arns)
        found = (find_image_model(model_id) for model_id in named)
        return tuple({model.model_id: model for model in found if model}.values())

    def validate_models(self) -> tuple[ClaudeModel, ...]:
        """Return the Claude models that may derive requirements and judge, the default first."""
        return self._claude_models("validate_model_id", self.validate_model_id)

    def revise_models(self) -> tuple[ClaudeModel, ...]:
        """Return the Claude models that may revise a prompt, the default first."""
        return self._claude_models("revise_model_id", self.revise_model_id)

    def _claude_models(self, setting: str, default_id: str) -> tuple[ClaudeModel, ...]:
        extra_ids = (model_id for model_id in self.extra_model_ids if model_id in claude_model_ids())
        return tuple(claude_model(model_id, setting) for model_id in dict.fromkeys((default_id, *extra_ids)))

    def function_settings(self, bucket_name: str, batch_table_name: str) -> Settings:
        """Return the settings of the functions: those above that a run needs, the bucket and the table."""
        return Settings(
            bucket=bucket_name,
            extra_output_buckets=self.extra_output_buckets,
            extra_input_buckets=self.extra_input_buckets,
            extra_model_ids=self.extra_model_ids,
            image_model_ids=self.image_model_ids,
            custom_models=self.custom_models,
            image_model_id=self.image_model_id,
            validate_model_id=self.validate_model_id,
            revise_model_id=self.revise_model_id,
            image_region=self.image_region,
            claude_region=self.claude_region,
            max_cost_usd_per_run=self.max_cost_usd_per_run,
            max_cost_usd_per_batch=self.max_cost_usd_per_batch,
            batch_table=batch_table_name,
            check_model_access=True,
        )


def setting_error(name: str, value: object, fix: str) -> SettingError:
    """Return the error for a setting whose value is invalid."""
    return SettingError(f"{PREFIX}{name}: {format_value(value)} cannot be used; {fix}")


def _join(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)


def _require_match(pattern: re.Pattern[str], name: str, value: str, wanted: str) -> None:
    if not pattern.fullmatch(value):
        raise setting_error(name, value, f"give {wanted}")
