"""The event and the answer of Validate."""

from typing import Any, TypedDict


class ValidateEvent(TypedDict):
    """The event of the state "Validate image"."""

    run: dict[str, Any]
    """`RunState.to_state`."""
    revision: int
    attempt: int
    spent_usd: float


class Facts(TypedDict):
    """The facts that the adaptive policy decides by. Under the default policy, only `failed_kinds` is computed."""

    failed_kinds: list[str]
    """The kinds of the failed must-haves."""
    failed_again: bool
    """Whether a failed must-have also failed in the previous attempt at this wording."""
    gainless_revisions: int
    """The number of consecutive wordings, including this one, that did not beat the earlier ones."""


class ValidateAnswer(Facts):
    """The answer: a summary of the verdict. Its size does not grow with the requirements."""

    outcome: str
    """YES, NO, UNCERTAIN (no must-have failed, but some could not be decided), OVER_BUDGET, or UNREADABLE (no picture of
    the attempt can be opened, so the judge was not asked)."""
    score: float
    candidate: int
    """The best candidate, from 1; 0 without a verdict."""
    failed: list[str]
    """The ids of the first failed must-haves."""
    uncertain: list[str]
    """The ids of the first must-haves that the judge could not decide."""
    spent_usd: float
    """The cost of the run so far, including this verdict."""
