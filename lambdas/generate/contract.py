"""The event and the answer of Generate."""

from typing import Any, TypedDict


class GenerateEvent(TypedDict):
    """The event of the state "Generate image"."""

    run: dict[str, Any]
    """`RunState.to_state`."""
    revision: int
    attempt: int
    spent_usd: float


class GenerateAnswer(TypedDict):
    """The answer."""

    outcome: str
    """PICTURES, BLOCKED_PROMPT, BLOCKED_OUTPUT, BLOCKED_INPUT or OVER_BUDGET; UNREADABLE if an earlier invocation of Validate could open no picture."""
    images: int
    spent_usd: float
    """The cost of the run so far, including this attempt."""
