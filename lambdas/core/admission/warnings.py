"""Warnings about a request that can run."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from lambdas.core.catalogue.models import lifecycle_warning
from lambdas.core.models.claude.converse import sampling_warnings
from lambdas.core.models.image.stability import nearest_aspect_ratio
from lambdas.core.request.request import Request


def warnings_about(request: Request, today: date | None = None, given: Collection[str] = ()) -> list[str]:
    """Return the warnings, one line each: models near their end, fields that a model does not take, and the like.

    given: the names of the fields that the event gives.
    """
    today = today or datetime.now(UTC).date()
    models = {model.model_id: model for model in (request.image_model, request.validate_model, request.revise_model)}
    warnings = [warning for model in models.values() if (warning := lifecycle_warning(model, today))]
    warnings += sampling_warnings(request.sampling("validate"), request.validate_model.sampling, "validate")
    warnings += sampling_warnings(request.sampling("revise"), request.revise_model.sampling, "revise")
    warnings += _image_warnings(request)
    if "max_prompt_revisions" in given:
        # In the code of the 2024 article, the same number counted the wordings.
        wordings = request.max_prompt_revisions + 1
        warnings.append(
            f"max_prompt_revisions counts rewrites: {request.max_prompt_revisions} allow {wordings} "
            f"{'wording' if wordings == 1 else 'wordings'}"
        )
    if request.requirements is not None and not any(
        item.must for item in (*request.requirements, *request.brand_rules)
    ):
        warnings.append("requirements: none of them is a must, so any picture is accepted")
    if request.requirements is not None and request.negative_prompt:
        warnings.append(
            "negative_prompt: the given requirements replace the derived ones, so no check is made of it; add a requirement "
            'such as "no cars"'
        )
    return warnings


def _image_warnings(request: Request) -> list[str]:
    """Return the warnings about the fields of the picture that the image model does not take."""
    warnings, model = [], request.image_model
    if request.titan_img_cfg_scale is not None and model.cfg_scale_range is None:
        warnings.append(f"titan_img_cfg_scale was left out: {model.name} has no such parameter")
    if request.titan_img_quality is not None and not model.qualities:
        warnings.append(f"titan_img_quality was left out: {model.name} has no such parameter")
    width, height, ratios = request.titan_img_width, request.titan_img_height, model.aspect_ratios
    if ratios and (width, height) != (1024, 1024):
        ratio = nearest_aspect_ratio(width, height, ratios)
        warnings.append(
            f"titan_img_width, titan_img_height: {model.name} takes no size; {width}x{height} became the "
            f"aspect ratio {ratio}"
        )
    return warnings
