"""A request with every fault found that can be found for nothing: Prepare's first step, and Plan batch's for each line."""

from typing import Any

from lambdas.core.models.claude import coverage, revision, verdict
from lambdas.core.models.claude import requirements as claude
from lambdas.core.models.image import images_usd
from lambdas.core.request.language import detect_language
from lambdas.core.request.request import Request, parse_request
from lambdas.core.request.requirement import Requirement
from lambdas.core.request.usable import refuse_what_only_a_revision_could_mend, unusable
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings


def checked_request(event: Any, settings: Settings, execution_name: str) -> Request:
    """The request of an event, with every fault found that can be found for nothing.

    Raises:
        InvalidRequestError: names the field at fault, what is wrong with it and what to give instead.
    """
    request = parse_request(event, settings, execution_name)
    must_revise_first = unusable(request, detect_language(request.prompt, None)) is not None
    least_usd = one_attempt_usd(request, must_revise_first)
    if request.max_cost_usd < least_usd:
        raise InvalidRequestError(
            f"max_cost_usd: {request.max_cost_usd:g} is less than one attempt can cost; give at least {least_usd + 5e-5:.4f}"
        )
    refuse_what_only_a_revision_could_mend(request, detect_language(request.prompt, None))
    return request


def one_attempt_usd(request: Request, must_revise_first: bool) -> float:
    """What a first attempt and its verdict can cost: with less left of a ceiling they are not begun.

    must_revise_first: whether the prompt must be revised, and the new wording checked, before the first picture.
    """
    requirements = (*(request.requirements or (Requirement(id="r1", text="one requirement"),)), *request.brand_rules)
    least_usd = images_usd(request) + verdict.worst_usd(request, requirements)
    if request.requirements is None:
        least_usd += claude.build_question(request).worst_usd()
    if must_revise_first:
        least_usd += revision.build_longest_question(request, requirements).worst_usd()
        least_usd += coverage.build_question(request, request.prompt, request.negative_prompt, requirements).worst_usd()
    return least_usd
