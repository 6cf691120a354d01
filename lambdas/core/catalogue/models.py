"""The model catalogue, read from `models.json`: limits, sizes, prices, Regions, lifecycle.

A model is chosen by its id. Other code reads the model's properties here and never compares ids. A lifecycle date never
stops a call: it becomes a warning, and only the service's own answer becomes `ModelEndOfLifeError`.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from lambdas.core.catalogue.custom import derive_model
from lambdas.core.runtime.custom_models import declared_custom_model
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value

AnswerBy = Literal["forced_tool", "auto_tool", "structured_output"]


@dataclass(frozen=True)
class Operation:
    """How a model does one operation of an image task (see `core.request.tasks`)."""

    prompt: Literal["required", "by_task"] = "by_task"
    """Whether the model needs a prompt where the task leaves it to the user."""
    max_images: int | None = None
    """How many pictures it takes in `images`; None for as many as the task."""
    output: Literal["request", "source", ""] = ""
    """Whether the size of its pictures is the request's or the source's; "" for what is usual for the operation."""


# The pictures of these have the size of the source, or a size that follows from it.
_OF_SOURCE_SIZE = ("inpaint", "remove", "outpaint", "background_removal", "recolor")
# It has neither a prompt nor a seed: the same source gives the same picture.
_WITHOUT_SEED = ("background_removal",)


@dataclass(frozen=True)
class InputLimits:
    """The limits of a model for source pictures."""

    formats: tuple[str, ...]
    """As Pillow names them."""
    max_bytes: int
    min_side_px: int
    max_side_px: int | None
    max_pixels: int
    max_aspect: float | None
    """The longer side divided by the shorter one."""
    takes_translucent: bool
    takes_grey_masks: bool
    """Whether a mask may be grey, a JPEG file, or of another size than the picture."""


@dataclass(frozen=True)
class ImageModel:
    """One image model, called by `InvokeModel`."""

    model_id: str
    name: str
    family: str
    """The key of its adapter in `core.models.image`: "titan", "stability" or "stability_services"."""
    regions: tuple[str, ...]
    legacy_date: date | None
    end_of_life_date: date | None
    languages: tuple[str, ...]
    """The languages of the prompts that it understands, as BCP 47 primary subtags ("en")."""
    max_prompt_chars: int
    max_negative_prompt_chars: int
    """0 where the model has no such parameter."""
    max_seed: int
    max_images_per_call: int
    cfg_scale_range: tuple[float, float] | None
    """None where the model has no such parameter."""
    qualities: tuple[str, ...]
    """The values of `titan_img_quality` whose price is known; empty where the model has no such parameter."""
    sizes_px: tuple[tuple[int, int], ...]
    """The widths and heights that it takes; empty where it takes an aspect ratio instead."""
    aspect_ratios: tuple[str, ...]
    price_usd_per_image: float
    price_usd_per_image_by_size: dict[str, float]
    """The prices of sizes whose price is not `price_usd_per_image`, by "WIDTHxHEIGHT"."""
    requests_per_minute: int
    """An account's default quota, per Region."""
    profile: str | None
    """The inference profile through which it must be called ("us"); None where it is called by its own id."""
    operations: dict[str, Operation]
    """The operations of the image tasks that it does."""
    input: InputLimits | None
    """None where it takes no picture."""
    source: str
    """Where the figures are from."""
    base_model_id: str | None = None
    """The foundation model of a custom model; None for a model of the catalogue."""

    @property
    def call_id(self) -> str:
        """The id to call it by: that of its inference profile, if it has one."""
        return f"{self.profile}.{self.model_id}" if self.profile else self.model_id

    def has_seed(self, operation: str) -> bool:
        """Return whether another seed gives another picture."""
        return operation not in _WITHOUT_SEED

    def has_size_of_source(self, operation: str) -> bool:
        """Return whether the size of the pictures follows from the source, not from the request."""
        output = self.operations[operation].output if operation in self.operations else ""
        return output == "source" or (not output and operation.startswith(_OF_SOURCE_SIZE))

    def image_price_usd(self, width_px: int, height_px: int, operation: str = "text") -> float:
        """Return the list price of one picture of this size; for an edit, that of its largest picture."""
        if self.has_size_of_source(operation):
            return self.price_usd_per_image
        return self.price_usd_per_image_by_size.get(f"{width_px}x{height_px}", self.price_usd_per_image)


@dataclass(frozen=True)
class ClaudeModel:
    """One Claude model, called by `Converse` through one of its inference profiles."""

    model_id: str
    """The id of the inference profile: "us." or "global.", then the base model's id."""
    base_model_id: str
    profile: str | None
    name: str
    profiles: tuple[str, ...]
    answer_by: tuple[AnswerBy, ...]
    """The modes for getting JSON from it, best first. If the service rejects one, the next is tried."""
    sampling: tuple[str, ...]
    """The sampling parameters that it takes. Of temperature and top_p, a call may have only one, even if it takes both."""
    thinking_off: dict[str, str] | None
    """The parameter that turns thinking off; None if it is off by default, or cannot be turned off."""
    thinks_always: bool
    input_usd_per_million_tokens: float
    output_usd_per_million_tokens: float
    long_prompt_over_tokens: int | None
    """With more input tokens than this, the whole call is billed at the two prices that follow."""
    long_input_usd_per_million_tokens: float
    long_output_usd_per_million_tokens: float
    tokens_per_byte_factor: float
    """The number of tokens of a text, divided by the number for Claude 4.5."""
    max_output_tokens: int
    legacy_date: date | None
    end_of_life_date: date | None

    def price_usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return the list price of one call."""
        long = self.long_prompt_over_tokens is not None and input_tokens > self.long_prompt_over_tokens
        input_price = self.long_input_usd_per_million_tokens if long else self.input_usd_per_million_tokens
        output_price = self.long_output_usd_per_million_tokens if long else self.output_usd_per_million_tokens
        return (input_tokens * input_price + output_tokens * output_price) / 1_000_000


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _data() -> dict[str, Any]:
    text = (files("lambdas.core.catalogue") / "models.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))


@cache
def image_models() -> dict[str, ImageModel]:
    """Return every image model of the catalogue, by its id."""
    models = {}
    for model_id, entry in _data()["image_models"].items():
        sizes = tuple((int(width), int(height)) for width, height in (size.split("x") for size in entry["sizes_px"]))
        models[model_id] = ImageModel(
            **{
                **entry,
                "model_id": model_id,
                "regions": tuple(entry["regions"]),
                "legacy_date": _date(entry["legacy_date"]),
                "end_of_life_date": _date(entry["end_of_life_date"]),
                "languages": tuple(entry["languages"]),
                "cfg_scale_range": tuple(entry["cfg_scale_range"]) if entry["cfg_scale_range"] else None,
                "qualities": tuple(entry["qualities"]),
                "sizes_px": sizes,
                "aspect_ratios": tuple(entry["aspect_ratios"]),
                "operations": {name: Operation(**limits) for name, limits in entry["operations"].items()},
                "input": entry["input"]
                and InputLimits(**{**entry["input"], "formats": tuple(entry["input"]["formats"])}),
            }
        )
    return models


@cache
def claude_model_ids() -> tuple[str, ...]:
    """Return every id of a Claude model in the catalogue, one for each inference profile."""
    return tuple(
        f"{profile}.{base_id}" for base_id, entry in _data()["claude_models"].items() for profile in entry["profiles"]
    )


def models_doing(operation: str) -> list[ImageModel]:
    """Return the image models that do this operation, in the order of the catalogue."""
    return [model for model in image_models().values() if operation in model.operations]


def image_model(model_id: str, field: str = "image_model_id") -> ImageModel:
    """Return the image model with this id. One with an inference profile may be named with or without its prefix.

    field: the event's field, for the error message.

    Raises:
        InvalidRequestError: the catalogue has no such model.
    """
    found = find_image_model(model_id)
    if found is None:
        raise InvalidRequestError(
            f"{field}: no image model {format_value(model_id)} is known; choose one of {', '.join(image_models())}"
        )
    return found


def find_image_model(model_id: str) -> ImageModel | None:
    """Return the image model with this id, with or without the prefix of its inference profile; None if there is none.

    A custom model that some settings of this process declare is found by its ARN.

    Raises:
        InvalidRequestError: the base model of the custom model is not in the catalogue.
    """
    models = image_models()
    if custom := declared_custom_model(model_id):
        if custom.base_model_id in models:
            return derive_model(custom, models[custom.base_model_id])
        raise InvalidRequestError(
            f"custom_models: no image model {format_value(custom.base_model_id)} is known, the base_model_id of "
            f"{custom.name}; choose one of {', '.join(models)}"
        )
    profile, _, base_id = model_id.partition(".")
    if base_id in models and models[base_id].profile == profile:
        return models[base_id]
    return models.get(model_id)


def claude_model(model_id: str, field: str) -> ClaudeModel:
    """Return the Claude model behind this inference profile id, with the prices of that profile.

    field: the event's field, for the error message.

    Raises:
        InvalidRequestError: the catalogue has no such model or profile.
    """
    if model_id not in claude_model_ids():
        raise InvalidRequestError(
            f"{field}: no Claude model {format_value(model_id)} is known; choose one of {', '.join(claude_model_ids())}"
        )
    profile, base_id = model_id.split(".", 1)
    entry = _data()["claude_models"][base_id]
    # A geographic profile costs 10% more than the global one (AWS price list, as in litellm 1.109.1).
    factor = 1.0 if profile == "global" else _data()["geographic_profile_price_factor"]
    price = entry["price_usd_per_million_tokens"]
    long = entry["long_prompt"] or {"over_tokens": None, **price}
    return ClaudeModel(
        model_id=model_id,
        base_model_id=base_id,
        profile=profile,
        name=entry["name"],
        profiles=tuple(entry["profiles"]),
        answer_by=tuple(entry["answer_by"]),
        sampling=tuple(entry["sampling"]),
        thinking_off=entry["thinking_off"],
        thinks_always=entry["thinks_always"],
        input_usd_per_million_tokens=price["input"] * factor,
        output_usd_per_million_tokens=price["output"] * factor,
        long_prompt_over_tokens=long["over_tokens"],
        long_input_usd_per_million_tokens=long["input"] * factor,
        long_output_usd_per_million_tokens=long["output"] * factor,
        tokens_per_byte_factor=entry["tokens_per_byte_factor"],
        max_output_tokens=entry["max_output_tokens"],
        legacy_date=_date(entry["legacy_date"]),
        end_of_life_date=_date(entry["end_of_life_date"]),
    )


def lifecycle_warning(model: ImageModel | ClaudeModel, today: date) -> str | None:
    """Return a warning if the model is Legacy or past its end of life on `today`, else None."""
    subject = model.model_id
    if isinstance(model, ImageModel) and model.base_model_id:
        subject = f"{model.base_model_id}, the base model of {model.model_id},"
    if model.end_of_life_date and today >= model.end_of_life_date:
        return f"{subject} reached its end of life on Amazon Bedrock on {model.end_of_life_date}"
    if model.legacy_date and today >= model.legacy_date:
        end = f", end of life {model.end_of_life_date}" if model.end_of_life_date else ""
        return f"{subject} is Legacy on Amazon Bedrock since {model.legacy_date}{end}"
    return None
