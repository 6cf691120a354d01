"""What the state machine gives Prepare, and Prepare's answer."""

from typing import Any, Literal, TypedDict

from lambdas.core.runtime.execution import Execution


class PrepareEvent(TypedDict):
    """The event of the state "Prepare"."""

    event: Any
    """The StartExecution input. Nobody has checked it: it may be a list or a number."""
    execution: Execution


class PrepareAnswer(TypedDict):
    """The answer; `next` says where the machine goes."""

    next: Literal["GENERATE", "REVISE", "CONCLUDE"]
    ending: str
    """The name of a status or ACCEPTED_BEFORE where `next` is CONCLUDE, else ""."""
    spent_usd: float
    run: dict[str, Any]
    """`RunState.to_state`."""
    estimate: dict[str, Any] | None
    """The figures of a dry run, which the result shows; None for any other run."""
