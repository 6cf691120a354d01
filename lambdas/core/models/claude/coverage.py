"""Ask Claude which requirements a new wording leaves out, before a picture of it is paid for."""

from collections.abc import Sequence
from typing import Any

from lambdas.core.models.claude.answer import BadAnswerError
from lambdas.core.models.claude.converse import ask
from lambdas.core.models.claude.question import Question, Tool, fence, load_instructions
from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement

_TOKENS_PER_REQUIREMENT = 12
_BASE_TOKENS = 200

TOOL = Tool(
    name="record_coverage",
    description="Record the ids of the requirements that the wording does not ask for.",
    schema={
        "type": "object",
        "properties": {"missing": {"type": "array", "items": {"type": "string"}}},
        "required": ["missing"],
        "additionalProperties": False,
    },
)


def build_question(
    request: Request, prompt: str, negative_prompt: str | None, requirements: Sequence[Requirement]
) -> Question:
    """Return a question: does this wording ask for every requirement? The question has no picture."""
    listed = [{"id": requirement.id, "text": requirement.text} for requirement in requirements]
    return Question(
        purpose="coverage",
        model=request.revise_model,
        tool=TOOL,
        instructions=load_instructions("coverage"),
        text=fence({"prompt": prompt, "negative_prompt": negative_prompt, "requirements": listed}),
        answer_tokens=_BASE_TOKENS + _TOKENS_PER_REQUIREMENT * len(listed),
        sampling={name: value for name, value in request.sampling("revise").items() if name != "max_tokens"},
    )


def find_missing(
    request: Request, prompt: str, negative_prompt: str | None, requirements: Sequence[Requirement], ledger: Ledger
) -> list[Requirement]:
    """Return the requirements that the wording leaves out or contradicts.

    An unusable answer is not sent back: the wording can be used without this check.

    Raises:
        ModelAnswerError, CeilingReachedError, RetakeError: as `ask`.
    """

    def check(answer: dict[str, Any]) -> list[Requirement]:
        ids = answer.get("missing")
        if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
            raise BadAnswerError("`missing` must be a list of ids; leave it empty when no requirement is missing")
        return [requirement for requirement in requirements if requirement.id in ids]

    return ask(build_question(request, prompt, negative_prompt, requirements), ledger, check, repairs=0)
