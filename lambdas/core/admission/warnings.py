"""Warnings about a request that can run."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from lambdas.core.catalogue.models import lifecycle_warning
from lambdas.core.models.claude.converse import sampling_left_out
from lambdas.core.models.image.stability import nearest_aspect_ratio
from lambdas.core.request.request import Request


def warnings_about(request: Request, today: date | None = None, given: Mapping[str, Any] | None = None) -> list[str]:
    """Return the warnings, one line each: models near their end, fields that a model does not take, and the like.

    given: the fields that the event gives.
    """
    today, given = today or datetime.now(UTC).date(), given or {}
    models = {model.model_id: model for model in (request.image_model, request.validate_model, request.revise_model)}
    warnings = [warning for model in models.values() if (warning := lifecycle_warning(model, today))]
    if request.image_model.base_model_id:
        warnings.append(
            f"image_model_id: {request.image_model.name} has no price per picture: a custom model is paid by the hour, used or "
            "not. image_usd is 0, and neither the cost nor a ceiling counts the hours"
        )
    fields_by_reason: dict[str, list[str]] = {}
    for field, reason in fields_left_out(request, given).items():
        fields_by_reason.setdefault(reason, []).append(field)
    warnings += [
        f"{', '.join(fields)} {'was' if len(fields) == 1 else 'were'} left out: {reason}"
        for reason, fields in fields_by_reason.items()
    ]
    width, height, ratios = request.titan_img_width, request.titan_img_height, request.image_model.aspect_ratios
    if ratios and (width, height) != (1024, 1024) and not request.has_size_of_source:
        ratio = nearest_aspect_ratio(width, height, ratios)
        warnings.append(
            f"titan_img_width, titan_img_height: {request.image_model.name} takes no size; {width}x{height} became the "
            f"aspect ratio {ratio}"
        )
    if (asked_usd := given.get("max_cost_usd", 0)) > request.max_cost_usd:
        warnings.append(
            f"max_cost_usd: {asked_usd:g} is above this deployment's {request.max_cost_usd:g} (max_cost_usd_per_run), which holds"
        )
    warnings += _narrow_loop(request)
    if "max_prompt_revisions" in given and request.prompt:
        # In the code of the 2024 article, the same number counted the wordings.
        wordings = request.max_prompt_revisions + 1
        warnings.append(
            f"max_prompt_revisions counts rewrites: {request.max_prompt_revisions} allow {wordings} "
            f"{'wording' if wordings == 1 else 'wordings'}"
        )
    if request.requirements is not None and not any(
        item.must for item in (*request.requirements, *request.added_requirements)
    ):
        warnings.append("requirements: none of them is a must, so any picture is accepted")
    if request.requirements is not None and request.negative_prompt:
        warnings.append(
            "negative_prompt: the given requirements replace the derived ones, so no check is made of it; add a requirement "
            'such as "no cars"'
        )
    return warnings


def _narrow_loop(request: Request) -> list[str]:
    if not request.image_model.has_seed(request.operation):
        return [
            f"{request.task_type}: {request.image_model.name} takes neither a prompt nor a seed, so a second attempt would give "
            "the same picture: there is one attempt"
        ]
    if not request.prompt:
        return [f"{request.task_type}: there is no prompt to revise, so each attempt only has another seed"]
    return []


def fields_left_out(request: Request, given: Collection[str] = ()) -> dict[str, str]:
    """Return the fields of the event that its models do not take, each with the reason. They are not sent.

    given: the names of the fields that the event gives.
    """
    image = request.image_model
    size = {"titan_img_width", "titan_img_height"} & set(given) if request.has_size_of_source else set()
    return {
        **sampling_left_out(request.sampling("validate"), request.validate_model, "validate"),
        **sampling_left_out(request.sampling("revise"), request.revise_model, "revise"),
        **dict.fromkeys(sorted(size), "the picture's size follows from its source"),
        **{
            name: f"{image.name} has no such parameter"
            for name, is_taken in (
                ("titan_img_cfg_scale", image.cfg_scale_range is not None),
                ("titan_img_quality", bool(image.qualities)),
                ("negative_prompt", image.max_negative_prompt_chars > 0),
                ("out_painting_mode", image.family == "titan"),
            )
            if getattr(request, name) is not None and not is_taken
        },
    }
