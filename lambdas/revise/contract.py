"""What the state machine gives Revise, and Revise's answer."""

from typing import Any, Literal, TypedDict


class ReviseEvent(TypedDict):
    """The event of the state "Revise prompt"."""

    run: dict[str, Any]
    """`RunState.to_state`."""
    revision: int
    """The number of the revision to be made."""
    spent_usd: float


class ReviseAnswer(TypedDict):
    """The answer."""

    outcome: Literal["REVISED", "OVER_BUDGET"]
    spent_usd: float
    """This revision included."""
