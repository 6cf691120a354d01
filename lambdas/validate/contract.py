"""What the state machine gives Validate, and Validate's answer."""

from typing import Any, TypedDict


class ValidateEvent(TypedDict):
    """The event of the state "Validate image"."""

    run: dict[str, Any]
    """`RunState.to_state`."""
    revision: int
    attempt: int
    spent_usd: float


class Facts(TypedDict):
    """The facts that the adaptive policy decides by; under the default policy only `failed_kinds` is filled."""

    failed_kinds: list[str]
    """The kinds of the failed must-haves."""
    failed_again: bool
    """Whether a must-have failed in the previous attempt at this wording too."""
    gainless_revisions: int
    """How many wordings in a row, this one included, did not beat the ones before them."""


class ValidateAnswer(Facts):
    """The answer: a summary of the verdict. Its size does not grow with the requirements."""

    outcome: str
    """YES, NO, UNCERTAIN (no must-have failed, and some could not be decided), OVER_BUDGET, or UNREADABLE: no picture of the
    attempt can be opened, so nothing was asked."""
    score: float
    candidate: int
    """The best candidate, from 1; 0 without a verdict."""
    failed: list[str]
    """The ids of the first failed must-haves."""
    uncertain: list[str]
    """The ids of the first must-haves that the judge could not decide."""
    spent_usd: float
    """This verdict included."""
