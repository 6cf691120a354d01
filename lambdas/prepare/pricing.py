"""What a request costs, told and held against its ceiling before anything is paid."""

from typing import Any

from lambdas.core.claude import requirements as claude
from lambdas.core.claude import verdict
from lambdas.core.claude.language import language_of
from lambdas.core.errors import InvalidRequestError
from lambdas.core.estimate import estimate
from lambdas.core.image_models import images_usd
from lambdas.core.request import Request, request_from_event
from lambdas.core.requirement import Requirement
from lambdas.core.settings import Settings
from lambdas.prepare.enrol import warnings_about
from lambdas.prepare.model_access import model_access
from lambdas.prepare.wording import refuse_what_only_a_revision_could_mend, unusable


def checked_request(event: Any, settings: Settings, execution_name: str) -> Request:
    """The request of an event, with every fault found that can be found for nothing.

    Raises:
        InvalidRequestError: names the field at fault, what is wrong with it and what to give instead.
    """
    request = request_from_event(event, settings, execution_name)
    _refuse_a_ceiling_below_one_attempt(request)
    refuse_what_only_a_revision_could_mend(request, language_of(request.prompt, None))
    return request


def priced(request: Request, settings: Settings) -> dict[str, Any]:
    """A dry run's answer: `worst_case_usd`, `expected_usd`, the calls of both, `model_access`, `warnings`."""
    must_revise_first = unusable(request, language_of(request.prompt, None)) is not None
    return {
        **estimate(request, must_revise_first).to_record(),
        "max_cost_usd": request.max_cost_usd,
        "model_access": model_access(request, settings),
        "warnings": warnings_about(request),
    }


def _refuse_a_ceiling_below_one_attempt(request: Request) -> None:
    requirements = (*(request.requirements or (Requirement(id="r1", text="one requirement"),)), *request.brand_rules)
    least_usd = images_usd(request) + verdict.worst_usd(request, requirements)
    if request.requirements is None:
        least_usd += claude.question(request).worst_usd()
    if request.max_cost_usd < least_usd:
        raise InvalidRequestError(
            f"max_cost_usd: {request.max_cost_usd:g} is less than one attempt can cost; give at least {least_usd + 5e-5:.4f}"
        )
