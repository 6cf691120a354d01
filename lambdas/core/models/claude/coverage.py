"""The check of a new wording before a picture is paid for it: does it still ask for every requirement?"""

from collections.abc import Sequence
from typing import Any

from lambdas.core.models.claude.answer import BadAnswerError
from lambdas.core.models.claude.converse import ask
from lambdas.core.models.claude.question import Question, Tool, fence, load_instructions
from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement

_TOKENS_PER_REQUIREMENT = 12
_TOKENS_BESIDE = 200

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
    """The question about one wording; no picture is needed for it."""
    listed = [{"id": requirement.id, "text": requirement.text} for requirement in requirements]
    return Question(
        purpose="coverage",
        model=request.revise_model,
        tool=TOOL,
        instructions=load_instructions("coverage"),
        text=fence({"prompt": prompt, "negative_prompt": negative_prompt, "requirements": listed}),
        answer_tokens=_TOKENS_BESIDE + _TOKENS_PER_REQUIREMENT * len(listed),
        sampling={name: value for name, value in request.sampling("revise").items() if name != "max_tokens"},
    )


def find_missing(
    request: Request, prompt: str, negative_prompt: str | None, requirements: Sequence[Requirement], ledger: Ledger
) -> list[Requirement]:
    """The requirements that the wording leaves out.

    The question is not repaired: a wording that could not be checked is still a wording.

    Raises:
        ModelAnswerError, CeilingReachedError: as `ask`.
    """

    def checked(answer: dict[str, Any]) -> list[Requirement]:
        ids = answer.get("missing")
        if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
            raise BadAnswerError("`missing` must be a list of ids, empty when the wording asks for everything")
        return [requirement for requirement in requirements if requirement.id in ids]

    return ask(build_question(request, prompt, negative_prompt, requirements), ledger, checked, repairs=0)
