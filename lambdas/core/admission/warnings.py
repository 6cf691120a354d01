"""Warnings about a request that can run."""

from datetime import UTC, date, datetime

from lambdas.core.catalogue.models import lifecycle_warning
from lambdas.core.models.claude.converse import sampling_warnings
from lambdas.core.models.image.stability import nearest_aspect_ratio
from lambdas.core.request.request import Request


def warnings_about(request: Request, today: date | None = None) -> list[str]:
    """Return the warnings, one line each: models near their end, fields that a model does not take, and the like."""
    today = today or datetime.now(UTC).date()
    models = {model.model_id: model for model in (request.image_model, request.validate_model, request.revise_model)}
    warnings = [warning for model in models.values() if (warning := lifecycle_warning(model, today))]
    warnings += sampling_warnings(request.sampling("validate"), request.validate_model.sampling, "validate")
    warnings += sampling_warnings(request.sampling("revise"), request.revise_model.sampling, "revise")
    if request.requirements is not None and not any(
        item.must for item in (*request.requirements, *request.brand_rules)
    ):
        warnings.append("requirements: none of them is a must, so any picture is accepted")
    if request.requirements is not None and request.negative_prompt:
        warnings.append(
            "negative_prompt: the given requirements replace the derived ones, so no check is made of it; add a requirement "
            'such as "no cars"'
        )
    width, height, ratios = request.titan_img_width, request.titan_img_height, request.image_model.aspect_ratios
    if ratios and (width, height) != (1024, 1024):
        ratio = nearest_aspect_ratio(width, height, ratios)
        warnings.append(
            f"titan_img_width, titan_img_height: {request.image_model.name} takes no size; {width}x{height} became the "
            f"aspect ratio {ratio}"
        )
    return warnings
