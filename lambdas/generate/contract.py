"""What the state machine gives Generate, and Generate's answer."""

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
    """PICTURES, BLOCKED_PROMPT, BLOCKED_OUTPUT or OVER_BUDGET; UNREADABLE where an earlier verdict found it so."""
    images: int
    spent_usd: float
    """This attempt included."""
