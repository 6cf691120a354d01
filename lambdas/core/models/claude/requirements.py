"""The first question to Claude: which requirements, each of which can be checked alone, does the prompt contain?"""

from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.models.claude.answer import BadAnswerError
from lambdas.core.models.claude.converse import ask
from lambdas.core.models.claude.question import Question, Tool, fence, load_instructions
from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import DERIVED_KINDS, MAX_REQUIREMENTS, Requirement, parse_requirements
from lambdas.core.runtime.errors import InvalidRequestError

_ANSWER_TOKENS = 6_000

TOOL = Tool(
    name="record_requirements",
    description="Record what the request asks of the picture, one checkable requirement at a time.",
    schema={
        "type": "object",
        "properties": {
            "language": {"type": "string", "description": "BCP 47 tag of the request's language"},
            "requirements": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "kind": {"type": "string", "enum": list(DERIVED_KINDS)},
                        "text": {"type": "string"},
                        "question": {"type": "string"},
                        "must": {"type": "boolean"},
                    },
                    "required": ["id", "kind", "text", "question", "must"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["language", "requirements"],
        "additionalProperties": False,
    },
)


@dataclass(frozen=True)
class DerivedRequirements:
    """Claude's answer: the prompt's language and its requirements."""

    language: str | None
    """The prompt's BCP 47 tag; None when Claude gave none."""
    requirements: tuple[Requirement, ...]


def build_question(request: Request) -> Question:
    """Return the question about this request, for the judge's model.

    The event's sampling of the judge applies, except `max_tokens`, which limits verdicts.
    """
    sampling = {name: value for name, value in request.sampling("validate").items() if name != "max_tokens"}
    return Question(
        purpose="requirements",
        model=request.validate_model,
        tool=TOOL,
        instructions=load_instructions("requirements"),
        text=fence(
            {
                "prompt": request.prompt,
                "negative_prompt": request.negative_prompt,
                "max_requirements": max_requirements(request),
            }
        ),
        answer_tokens=_ANSWER_TOKENS,
        sampling=sampling,
    )


def max_requirements(request: Request) -> int:
    """Return how many requirements the prompt may have, so that the added requirements also fit into the list."""
    return MAX_REQUIREMENTS - len(request.added_requirements)


def derive_requirements(request: Request, ledger: Ledger) -> DerivedRequirements:
    """Ask Claude for the request's requirements: 1 to `MAX_REQUIREMENTS`, the added ones included.

    Raises:
        CeilingReachedError: the call could exceed the cost ceiling; it was not made.
        ModelAnswerError: Claude refused, or gave no usable list (the state machine asks again).
    """
    max_items = max_requirements(request)
    taken_ids = {item.id for item in request.added_requirements}
    return ask(build_question(request), ledger, lambda answer: _parse(answer, max_items, taken_ids))


def _parse(answer: dict[str, Any], max_items: int, taken_ids: set[str]) -> DerivedRequirements:
    items = answer.get("requirements")
    if not isinstance(items, list) or not items:
        raise BadAnswerError("`requirements` must be a list with at least one requirement")
    if len(items) > max_items:
        # Never cut the list: a picture could be accepted without a check of the requirements that were cut off.
        raise BadAnswerError(
            f"`requirements` has {len(items)}; give at most {max_items}, and put several parts of the prompt into one"
        )
    known = Requirement.__dataclass_fields__
    # Drop fields that Claude adds. In a user's own requirement, an unknown field is an error.
    items = [
        {key: value for key, value in item.items() if key in known} if isinstance(item, dict) else item
        for item in items
    ]
    try:
        found = parse_requirements(items)
    except InvalidRequestError as error:
        raise BadAnswerError(error.on_one_line) from None
    ids = [requirement.id for requirement in found]
    if repeated := [name for place, name in enumerate(ids) if name in ids[:place] or name in taken_ids]:
        raise BadAnswerError(f"the id {repeated[0]!r} is already in use; give every requirement its own id")
    if not any(requirement.must for requirement in found):
        # Without a must-have, every picture would be accepted. The prompt may have talked Claude into that.
        found = tuple(replace(requirement, must=True) for requirement in found)
    language = answer.get("language")
    return DerivedRequirements(language if isinstance(language, str) and language.strip() else None, found)
