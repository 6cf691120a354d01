"""Admit a request. This is the first step of Prepare, and of Plan batch for each line. It costs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.core.models.claude import coverage, revision, verdict
from lambdas.core.models.claude import requirements as claude
from lambdas.core.models.image import images_usd
from lambdas.core.request.faults import Faults
from lambdas.core.request.request import Request, collect_request
from lambdas.core.request.requirement import Requirement
from lambdas.core.request.tasks import TASK_FIELDS
from lambdas.core.request.usable import Usability, collect_unusable
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings

# The price of one attempt depends on these fields. Faults in others, such as an unknown one, do not change it.
_PRICED = (
    "prompt",
    "negative_prompt",
    "image_model_id",
    "max_cost_usd",
    "max_prompt_revisions",
    "titan_img_width",
    "titan_img_height",
    "titan_img_number_of_images",
    "titan_img_quality",
    "validate_model_id",
    "claude_validate_max_tokens",
    "revise_model_id",
    "claude_revise_max_tokens",
    "requirements",
    "brand_rules",
    "task_type",
    *TASK_FIELDS,
)


@dataclass(frozen=True)
class Admitted:
    """A request that may run here."""

    request: Request
    usability: Usability
    """For the language that the prompt's script suggests. Claude may find another one."""
    given: Mapping[str, Any]
    """The fields that the event gives. In `request`, a ceiling may be lower."""


def admit_request(
    event: Any, settings: Settings, execution_name: str, *, is_item: bool = False, faults: Faults | None = None
) -> Admitted:
    """Return the request of an event after every check that costs nothing. The arguments are those of `parse_request`.

    faults: those that the caller has found already. They are refused together with the others.

    Raises:
        InvalidRequestError: has a line for each fault: the field, what is wrong with it and what to give instead.
    """
    faults = Faults() if faults is None else faults
    request = collect_request(event, settings, execution_name, faults, is_item=is_item)
    usability = collect_unusable(request, faults)
    if not faults.have(*_PRICED):
        with faults.collect("max_cost_usd"):
            _refuse_low_ceiling(request, usability)
    faults.raise_if_any()
    return Admitted(request, usability, {name: value for name, value in event.items() if value is not None})


def _refuse_low_ceiling(request: Request, usability: Usability) -> None:
    least_usd = one_attempt_usd(request, usability.must_revise_first)
    if request.max_cost_usd < least_usd:
        raise InvalidRequestError(
            f"max_cost_usd: {request.max_cost_usd:g} is less than one attempt can cost; give at least {least_usd + 5e-5:.4f}"
        )


def one_attempt_usd(request: Request, must_revise_first: bool) -> float:
    """Return the most that a first attempt and its verdict can cost. They do not begin if less than this is left of a ceiling.

    must_revise_first: the prompt must be revised, and the new wording checked, before the first picture.
    """
    one = (Requirement(id="r1", text="one requirement"),) if request.derives_requirements else ()
    requirements = (*(request.requirements or one), *request.added_requirements)
    least_usd = images_usd(request) + verdict.worst_usd(request, requirements)
    if request.derives_requirements:
        least_usd += claude.build_question(request).worst_usd()
    if must_revise_first:
        least_usd += revision.build_longest_question(request, requirements).worst_usd()
        least_usd += coverage.build_question(request, request.prompt, request.negative_prompt, requirements).worst_usd()
    return least_usd
