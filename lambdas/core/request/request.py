"""Parse a StartExecution input into a `Request`: check every field, apply the defaults, before anything is paid."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from lambdas.core.catalogue.models import (
    ClaudeModel,
    ImageModel,
    claude_model,
    image_model,
)
from lambdas.core.request.batch_item import COST, Batch, parse_batch
from lambdas.core.request.checks import CHECKS_OF_SEVERAL
from lambdas.core.request.choose_models import bound_loop, complete_models
from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import Choice, Flag, Number, Text, Whole, collect_unknown
from lambdas.core.request.picture_address import PICTURE_FIELDS, PictureAddress, PictureAddresses, check_buckets
from lambdas.core.request.place import DEFAULT_PREFIX, PLACE_FIELDS, complete_place, complete_run_id
from lambdas.core.request.requirement import Requirement, parse_requirements, refuse_clashes
from lambdas.core.request.task_fields import Colors, Extension, Extensions
from lambdas.core.request.tasks import DEFAULT_TASK, TASKS, collect_task_faults, find_task
from lambdas.core.request.tasks.own_requirements import own_requirements
from lambdas.core.request.tasks.text_image import CONTROL_MODES
from lambdas.core.request.trigger import Trigger, parse_trigger
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import Settings

# AWS: an execution's input has at most 256 KiB. A character has at most 4 bytes, so 56 KiB remain for other fields.
PROMPT_MAX_CHARS = 50_000

_SHOW = "say what the picture must show"


class Field(Protocol):
    """The check of one field's value."""

    def check(self, name: str, value: Any) -> Any:
        """Return the value; raise `InvalidRequestError` if it is not one of this field."""
        ...


FIELDS: dict[str, Field] = {
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
    "task_type": Choice(tuple(TASKS)),
    "images": PictureAddresses(5),
    "mask_image": PictureAddress(),
    "mask_prompt": Text(1_000),
    "out_painting_mode": Choice(("DEFAULT", "PRECISE")),
    "extend_px": Extensions(),
    "condition_image": PictureAddress(),
    "control_mode": Choice(CONTROL_MODES),
    "control_strength": Number(0, 1),
    "reference_image": PictureAddress(),
    "similarity_strength": Number(0.2, 1),
    "colors": Colors(10),
    **PLACE_FIELDS,
}
"""The fields that are checked alone. `requirements`, `brand_rules`, `trigger` and `batch` have their own parsers."""


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
    task_type: str = DEFAULT_TASK
    images: tuple[str, ...] | None = None
    mask_image: str | None = None
    mask_prompt: str | None = None
    out_painting_mode: str | None = None
    extend_px: Extension | None = None
    condition_image: str | None = None
    control_mode: str | None = None
    control_strength: float | None = None
    reference_image: str | None = None
    similarity_strength: float | None = None
    colors: tuple[str, ...] | None = None

    @property
    def operation(self) -> str:
        """The operation of the image model, by its name in the catalogue: "inpaint_mask"."""
        return find_task(vars(self)).operation(vars(self))

    @property
    def added_requirements(self) -> tuple[Requirement, ...]:
        """The requirements in addition to the given or derived ones: the brand rules, then those of the task."""
        return (*self.brand_rules, *own_requirements(vars(self)))

    @property
    def derives_requirements(self) -> bool:
        """Whether Claude derives requirements from the prompt."""
        return self.requirements is None and bool(self.prompt)

    @property
    def pictures(self) -> dict[str, str]:
        """The addresses of the source pictures, by their names in the run's folder: "images-1", "mask_image"."""
        found = {f"images-{place}": address for place, address in enumerate(self.images or (), 1)}
        alone = {name: getattr(self, name) for name in PICTURE_FIELDS if name != "images"}
        return found | {name: address for name, address in alone.items() if address}

    @property
    def judged_pictures(self) -> tuple[str, ...]:
        """The names of the pictures that the judge sees before the candidates."""
        shown = find_task(vars(self)).judged_sources(vars(self))
        return tuple(name for name in self.pictures if name.partition("-")[0] in shown)

    @property
    def has_size_of_source(self) -> bool:
        """Whether the size of the pictures follows from the source, not from `titan_img_width` and `_height`."""
        return self.image_model.has_size_of_source(self.operation)

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
                **{name: tuple(record[name]) for name in ("images", "colors") if record.get(name)},
                "extend_px": record.get("extend_px") and Extension(**record["extend_px"]),
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
    for name, value in given.items():
        with faults.collect(name):
            if name in FIELDS:
                checked[name] = FIELDS[name].check(name, value)
    collect_task_faults(given, checked, faults)
    for name in PICTURE_FIELDS:
        if name in checked:
            with faults.collect(name):
                check_buckets(name, checked[name], settings)
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
    complete_models(checked, settings, faults)
    if not faults.have("run_id"):
        with faults.collect("run_id"):
            complete_run_id(checked, execution_name)
    checked["max_cost_usd"] = min(
        checked.get("max_cost_usd", settings.max_cost_usd_per_run), settings.max_cost_usd_per_run
    )
    bound_loop(checked, faults)
    request = Request(**{"run_id": execution_name, "output_s3_bucket_name": settings.bucket, **checked})
    for needed, check in CHECKS_OF_SEVERAL:
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
