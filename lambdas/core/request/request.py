"""Parse a StartExecution input into a `Request`: check every field, apply the defaults, before anything is paid."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any

from lambdas.core.catalogue.models import (
    ClaudeModel,
    ImageModel,
    claude_model,
    claude_model_ids,
    image_model,
    image_models,
)
from lambdas.core.request.batch_item import COST, Batch, parse_batch
from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import BucketName, Choice, Flag, Number, Text, Whole, collect_unknown
from lambdas.core.request.place import DEFAULT_PREFIX, PLACE_FIELDS, complete_place, complete_run_id
from lambdas.core.request.requirement import Requirement, parse_requirements, refuse_clashes
from lambdas.core.request.trigger import Trigger, parse_trigger
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import Settings

# AWS: an execution's input has at most 256 KiB. A character has at most 4 bytes, so 56 KiB remain for other fields.
PROMPT_MAX_CHARS = 50_000

_SHOW = "say what the picture must show"
FIELDS: dict[str, Text | Whole | Number | Choice | Flag | BucketName] = {
    "prompt": Text(PROMPT_MAX_CHARS, fix=_SHOW),
    "max_retry_attempts": Whole(1, MAX_ATTEMPTS_PER_RUN),
    "max_prompt_revisions": Whole(0, MAX_ATTEMPTS_PER_RUN - 1),
    "claude_validate_temperature": Number(0, 1),
    "claude_validate_top_p": Number(0, 1),
    "claude_validate_top_k": Whole(0, 500),
    "claude_validate_max_tokens": Whole(1, 128_000),
    "claude_revise_temperature": Number(0, 1),
    "claude_revise_top_p": Number(0, 1),
    "claude_revise_top_k": Whole(0, 500),
    "claude_revise_max_tokens": Whole(1, 128_000),
    "titan_img_width": Whole(320, 4096),
    "titan_img_height": Whole(320, 4096),
    "titan_img_number_of_images": Whole(1, 5),
    "titan_img_seed": Whole(0, 4_294_967_295),
    "titan_img_cfg_scale": Number(1.1, 10),
    "titan_img_quality": Choice(("standard", "premium")),
    "negative_prompt": Text(10_000),
    "image_model_id": Text(),
    "validate_model_id": Text(),
    "revise_model_id": Text(),
    "max_cost_usd": COST,
    "on_not_accepted": Choice(("fail", "return_best")),
    "revise_policy": Choice(("after_retries", "adaptive")),
    "dry_run": Flag(),
    **PLACE_FIELDS,
}
"""The fields with a simple value. `requirements`, `brand_rules`, `trigger` and `batch` have their own parsers."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request with every default applied. Prepare writes it to request.json; the other functions read it there."""

    prompt: str
    output_s3_bucket_name: str
    image_model_id: str
    validate_model_id: str
    revise_model_id: str
    max_cost_usd: float
    run_id: str
    max_retry_attempts: int = 5
    max_prompt_revisions: int = 3
    output_s3_key_prefix: str = DEFAULT_PREFIX
    claude_validate_temperature: float | None = None
    claude_validate_top_p: float | None = None
    claude_validate_top_k: int | None = None
    claude_validate_max_tokens: int | None = None
    claude_revise_temperature: float | None = None
    claude_revise_top_p: float | None = None
    claude_revise_top_k: int | None = None
    claude_revise_max_tokens: int | None = None
    titan_img_width: int = 1024
    titan_img_height: int = 1024
    titan_img_number_of_images: int = 1
    titan_img_seed: int = 0
    titan_img_cfg_scale: float | None = None
    titan_img_quality: str | None = None
    negative_prompt: str | None = None
    requirements: tuple[Requirement, ...] | None = None
    brand_rules: tuple[Requirement, ...] = ()
    trigger: Trigger | None = None
    batch: Batch | None = None
    on_not_accepted: str = "fail"
    revise_policy: str = "after_retries"
    dry_run: bool = False

    @property
    def image_model(self) -> ImageModel:
        """The image model that generates the pictures."""
        return image_model(self.image_model_id)

    @property
    def validate_model(self) -> ClaudeModel:
        """The judge, which derives the requirements and validates the pictures."""
        return claude_model(self.validate_model_id, "validate_model_id")

    @property
    def revise_model(self) -> ClaudeModel:
        """The reviser, which rewrites the prompt and checks the revision."""
        return claude_model(self.revise_model_id, "revise_model_id")

    @property
    def seed_namespace(self) -> str:
        """The namespace of derived seeds. An item that is rerun gets a new one, and so different pictures."""
        if self.batch is None or self.batch.generation == 1:
            return self.run_id
        return f"{self.run_id}#{self.batch.generation}"

    def sampling(self, role: str) -> dict[str, float]:
        """Return the event's Claude sampling values by short name ("top_p"). role: "validate" or "revise"."""
        names = ("temperature", "top_p", "top_k", "max_tokens")
        values = {name: getattr(self, f"claude_{role}_{name}") for name in names}
        return {name: value for name, value in values.items() if value is not None}

    def to_record(self) -> dict[str, Any]:
        """Return the object for request.json."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Request":
        """Return the request from the object that `to_record` returned."""
        requirements, trigger, batch = record["requirements"], record["trigger"], record.get("batch")
        return cls(
            **{
                **record,
                "requirements": None if requirements is None else tuple(Requirement(**item) for item in requirements),
                "brand_rules": tuple(Requirement(**item) for item in record["brand_rules"]),
                "trigger": trigger and Trigger(**trigger),
                "batch": batch and Batch(**batch),
            }
        )


def parse_request(event: Any, settings: Settings, execution_name: str, *, is_item: bool = False) -> Request:
    """Parse a StartExecution input. A field that is null counts as left out.

    execution_name: the run id, unless the event gives one or has a trigger.
    is_item: whether Plan batch wrote the event, which then may have the field `batch`.

    Raises:
        InvalidRequestError: fields are invalid; the message has a line for each fault, with the fix.
    """
    faults = Faults()
    request = collect_request(event, settings, execution_name, faults, is_item=is_item)
    faults.raise_if_any()
    return request


def collect_request(
    event: Any, settings: Settings, execution_name: str, faults: Faults, *, is_item: bool = False
) -> Request:
    """Parse a StartExecution input as `parse_request` does, but add its faults to `faults`.

    Where a field has a fault, the returned request has a default, so that the caller can check the other fields further.

    Raises:
        InvalidRequestError: the event is not an object.
    """
    if not isinstance(event, dict):
        raise InvalidRequestError(f"event: {format_value(event)} is not a JSON object; give one with at least a prompt")
    collect_unknown("", event, [field.name for field in fields(Request)], faults)
    given = {name: value for name, value in event.items() if value is not None}
    checked: dict[str, Any] = {"prompt": ""}
    if "prompt" not in given:
        faults.mark("prompt")
        if not faults.say("did you mean prompt?"):
            faults.add(f"prompt: is missing; {_SHOW}")
    for name, value in given.items():
        with faults.collect(name):
            if name in FIELDS:
                checked[name] = FIELDS[name].check(name, value)
    _collect_requirements(given, checked, faults)
    if "trigger" in given:
        with faults.collect("trigger", *(() if "run_id" in given else ("run_id",))):
            checked["trigger"] = parse_trigger(given["trigger"])
    if "batch" in given:
        with faults.collect("batch"):
            if not is_item:
                raise InvalidRequestError("batch: only a batch sets this field, for its items; leave it out")
            checked["batch"] = parse_batch(given["batch"], given.get("run_id"), settings.max_cost_usd_per_batch)
    with faults.collect("output_s3_bucket_name", "output_s3_key_prefix"):
        complete_place(checked, settings)
    _complete_models(checked, settings, faults)
    if not faults.have("run_id"):
        with faults.collect("run_id"):
            complete_run_id(checked, execution_name)
    checked["max_cost_usd"] = min(
        checked.get("max_cost_usd", settings.max_cost_usd_per_run), settings.max_cost_usd_per_run
    )
    request = Request(**{"run_id": execution_name, "output_s3_bucket_name": settings.bucket, **checked})
    for needed, check in _CHECKS_OF_SEVERAL:
        if not faults.have(*needed):
            with faults.collect(*needed):
                check(request)
    return request


def _collect_requirements(given: dict[str, Any], checked: dict[str, Any], faults: Faults) -> None:
    lists = {"requirements": "r", "brand_rules": "b"}
    for name, letter in lists.items():
        if name in given:
            with faults.collect(name):
                checked[name] = parse_requirements(given[name], name, letter)
    with faults.collect(*lists):
        refuse_clashes(
            [(f"{name}[{place}]", item) for name in lists for place, item in enumerate(checked.get(name, ()))]
        )


def _complete_models(checked: dict[str, Any], settings: Settings, faults: Faults) -> None:
    for name in ("image_model_id", "validate_model_id", "revise_model_id"):
        checked.setdefault(name, getattr(settings, name))
        if not faults.have(name):
            with faults.collect(name):
                _check_model(name, checked[name], settings)


def _check_model(name: str, model_id: str, settings: Settings) -> None:
    image_model(model_id) if name == "image_model_id" else claude_model(model_id, name)
    allowed = {getattr(settings, name), *settings.extra_model_ids}
    if model_id not in allowed and "*" not in allowed:
        known = image_models() if name == "image_model_id" else claude_model_ids()
        choices = " or ".join(sorted(allowed & set(known)))
        raise InvalidRequestError(
            f"{name}: this deployment may not call {model_id}; give {choices}, or add it to the setting extra_model_ids"
        )


def _check_attempts(request: Request) -> None:
    attempts = request.max_retry_attempts * (request.max_prompt_revisions + 1)
    if attempts > MAX_ATTEMPTS_PER_RUN:
        raise InvalidRequestError(
            f"max_retry_attempts: {request.max_retry_attempts} × (max_prompt_revisions {request.max_prompt_revisions} + 1) "
            f"= {attempts} attempts; give at most {MAX_ATTEMPTS_PER_RUN} in all, so that the execution's history stays "
            "below Step Functions' limit of 25,000 events"
        )


def _check_size(request: Request) -> None:
    model, width, height = request.image_model, request.titan_img_width, request.titan_img_height
    if model.sizes_px and (width, height) not in model.sizes_px:
        sizes = ", ".join(f"{w}x{h}" for w, h in model.sizes_px)
        raise InvalidRequestError(f"titan_img_width: {model.name} has no size {width}x{height}; give one of {sizes}")


def _check_seed(request: Request) -> None:
    if request.titan_img_seed > request.image_model.max_seed:
        raise InvalidRequestError(
            f"titan_img_seed: {request.titan_img_seed} is out of range; {request.image_model.name} takes 0 to "
            f"{request.image_model.max_seed}"
        )


def _check_quality(request: Request) -> None:
    model, quality = request.image_model, request.titan_img_quality
    if model.qualities and quality and quality not in model.qualities:
        raise InvalidRequestError(
            f"titan_img_quality: no source gives the price of a {quality} picture of {model.name}, and no cost ceiling "
            f"can hold without it; give {' or '.join(model.qualities)}"
        )


def _check_max_tokens(role: str, request: Request) -> None:
    claude = request.validate_model if role == "validate" else request.revise_model
    max_tokens = request.sampling(role).get("max_tokens", 0)
    if max_tokens > claude.max_output_tokens:
        raise InvalidRequestError(
            f"claude_{role}_max_tokens: {max_tokens} is out of range; {claude.name} takes 1 to {claude.max_output_tokens}"
        )


_CHECKS_OF_SEVERAL: tuple[tuple[tuple[str, ...], Callable[[Request], None]], ...] = (
    (("max_retry_attempts", "max_prompt_revisions"), _check_attempts),
    (("image_model_id", "titan_img_width", "titan_img_height"), _check_size),
    (("image_model_id", "titan_img_seed"), _check_seed),
    (("image_model_id", "titan_img_quality"), _check_quality),
    (("validate_model_id", "claude_validate_max_tokens"), partial(_check_max_tokens, "validate")),
    (("revise_model_id", "claude_revise_max_tokens"), partial(_check_max_tokens, "revise")),
)
"""The checks that need several fields, with these fields. A check is skipped if one of its fields has a fault."""
