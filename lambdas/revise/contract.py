"""The event and the answer of Revise."""

from typing import Any, Literal, TypedDict


class ReviseEvent(TypedDict):
    """The event of the state "Revise prompt"."""

    run: dict[str, Any]
    """`RunState.to_state`."""
    revision: int
    """The number of the revision to make."""
    spent_usd: float


class ReviseAnswer(TypedDict):
    """The answer."""

    outcome: Literal["REVISED", "OVER_BUDGET"]
    spent_usd: float
    """The cost of the run so far, including this revision."""
