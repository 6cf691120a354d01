"""The checks of a request that need several of its fields."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from lambdas.core.request.faults import Faults
from lambdas.core.request.requirement import refuse_clashes
from lambdas.core.request.tasks import OPERATIONS, TASK_FIELDS
from lambdas.core.request.tasks.own_requirements import own_requirements
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN

if TYPE_CHECKING:
    from lambdas.core.request.request import Request


def _check_attempts(request: "Request") -> None:
    attempts = request.max_retry_attempts * (request.max_prompt_revisions + 1)
    if attempts > MAX_ATTEMPTS_PER_RUN:
        raise InvalidRequestError(
            f"max_retry_attempts: {request.max_retry_attempts} × (max_prompt_revisions {request.max_prompt_revisions} + 1) "
            f"= {attempts} attempts; give at most {MAX_ATTEMPTS_PER_RUN} in all, so that the execution's history stays "
            "below Step Functions' limit of 25,000 events"
        )


def _check_size(request: "Request") -> None:
    model, width, height = request.image_model, request.titan_img_width, request.titan_img_height
    if model.sizes_px and (width, height) not in model.sizes_px and not request.has_size_of_source:
        sizes = ", ".join(f"{w}x{h}" for w, h in model.sizes_px)
        raise InvalidRequestError(f"titan_img_width: {model.name} has no size {width}x{height}; give one of {sizes}")


def _check_seed(request: "Request") -> None:
    if request.titan_img_seed > request.image_model.max_seed:
        raise InvalidRequestError(
            f"titan_img_seed: {request.titan_img_seed} is out of range; {request.image_model.name} takes 0 to "
            f"{request.image_model.max_seed}"
        )


def _check_operation(request: "Request") -> None:
    """Check the limits of the model that belong to the operation."""
    model, operation = request.image_model, request.operation
    limits = model.operations.get(operation)
    if limits is None:
        return
    faults = Faults()
    if limits.prompt == "required" and not request.prompt:
        faults.add(
            f"prompt: is missing; {model.name} needs one for {OPERATIONS[operation]}: say what the picture must show"
        )
    if limits.max_images and len(request.images or ()) > limits.max_images:
        most = "one picture" if limits.max_images == 1 else f"at most {limits.max_images} pictures"
        faults.add(f"images: has {len(request.images or ())} pictures; {model.name} takes {most}")
    if request.titan_img_number_of_images > 1 and not model.has_seed(operation):
        faults.add(
            f"titan_img_number_of_images: {model.name} takes no seed for {OPERATIONS[operation]}, so all candidates would be "
            "the same; give 1, or leave it out"
        )
    faults.raise_if_any()


def _check_own_requirements(request: "Request") -> None:
    given = [(f"requirements[{place}]", item) for place, item in enumerate(request.requirements or ())]
    rules = [(f"brand_rules[{place}]", item) for place, item in enumerate(request.brand_rules)]
    own = [("task_type", item) for item in own_requirements(vars(request))]
    if own:
        refuse_clashes([*own, *given, *rules])


def _check_quality(request: "Request") -> None:
    model, quality = request.image_model, request.titan_img_quality
    if model.qualities and quality and quality not in model.qualities:
        raise InvalidRequestError(
            f"titan_img_quality: no source gives the price of a {quality} picture of {model.name}, and no cost ceiling "
            f"can hold without it; give {' or '.join(model.qualities)}"
        )


def _check_max_tokens(role: str, request: "Request") -> None:
    claude = request.validate_model if role == "validate" else request.revise_model
    max_tokens = request.sampling(role).get("max_tokens", 0)
    if max_tokens > claude.max_output_tokens:
        raise InvalidRequestError(
            f"claude_{role}_max_tokens: {max_tokens} is out of range; {claude.name} takes 1 to {claude.max_output_tokens}"
        )


CHECKS_OF_SEVERAL: tuple[tuple[tuple[str, ...], Callable[["Request"], None]], ...] = (
    (("max_retry_attempts", "max_prompt_revisions"), _check_attempts),
    (("image_model_id", "titan_img_width", "titan_img_height", "task_type", "prompt", *TASK_FIELDS), _check_size),
    (("image_model_id", "titan_img_seed"), _check_seed),
    (("image_model_id", "titan_img_quality"), _check_quality),
    (("image_model_id", "task_type", "prompt", "titan_img_number_of_images", *TASK_FIELDS), _check_operation),
    (("task_type", "prompt", "requirements", "brand_rules", *TASK_FIELDS), _check_own_requirements),
    (("validate_model_id", "claude_validate_max_tokens"), partial(_check_max_tokens, "validate")),
    (("revise_model_id", "claude_revise_max_tokens"), partial(_check_max_tokens, "revise")),
)
"""The checks that need several fields, with these fields. A check is skipped if one of its fields has a fault."""
