"""Enrolling a run: its folder is taken by this execution, or found to be another's."""

import json
from datetime import UTC, date, datetime

from lambdas.core.catalogue import lifecycle_warning
from lambdas.core.claude.converse import left_out
from lambdas.core.content import content_sha256
from lambdas.core.errors import InvalidRequestError
from lambdas.core.image_models.stability import nearest_aspect_ratio
from lambdas.core.record import REQUEST, RunFolder
from lambdas.core.request import Request

CLAIM = "claim.json"


def claimed_by_another(folder: RunFolder, execution_name: str) -> bool:
    """Whether another execution already took this run. Schedulers deliver at least once; only the first is to pay."""
    if folder.claim(CLAIM, {"execution": execution_name}):
        return False
    return (folder.read_json(CLAIM) or {}).get("execution") != execution_name


def enrol(folder: RunFolder, request: Request, execution_name: str) -> bool:
    """Write request.json, under this execution's name; whether another execution began the run.

    Raises:
        InvalidRequestError: the run id belongs to another request.
    """
    content = content_sha256(request)
    written = folder.read_json(REQUEST)
    if written and written["content_sha256"] != content:
        raise InvalidRequestError(
            f"run_id: {request.run_id!r} already belongs to a run with another request; choose another run_id, or give "
            "the same request to continue it"
        )
    resumed = bool(written and (written["execution"] != execution_name or written["resumed"]))
    document = {
        "execution": execution_name,
        "resumed": resumed,
        "content_sha256": content,
        "warnings": warnings_about(request),
        "request": request.to_record(),
    }
    # As text, because a record holds lists where a request holds tuples.
    if json.dumps(document) != json.dumps(written):
        folder.write_json(REQUEST, document)
    return resumed


def warnings_about(request: Request, today: date | None = None) -> list[str]:
    """What the user should know of the request, though it can be run."""
    today = today or datetime.now(UTC).date()
    models = {model.model_id: model for model in (request.image_model, request.validate_model, request.revise_model)}
    warnings = [warning for model in models.values() if (warning := lifecycle_warning(model, today))]
    warnings += left_out(request.sampling("validate"), request.validate_model.sampling, "validate")
    warnings += left_out(request.sampling("revise"), request.revise_model.sampling, "revise")
    if request.requirements is not None and not any(
        item.must for item in (*request.requirements, *request.brand_rules)
    ):
        warnings.append("requirements: none of them is a must, so that any picture is accepted")
    width, height, ratios = request.titan_img_width, request.titan_img_height, request.image_model.aspect_ratios
    if ratios and (width, height) != (1024, 1024):
        ratio = nearest_aspect_ratio(width, height, ratios)
        warnings.append(
            f"titan_img_width, titan_img_height: {request.image_model.name} takes no size; {width}x{height} became the "
            f"aspect ratio {ratio}"
        )
    return warnings
