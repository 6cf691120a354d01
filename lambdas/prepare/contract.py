"""The event and the answer of Prepare."""

from typing import Any, Literal, TypedDict

from lambdas.core.runtime.execution import Execution


class PrepareEvent(TypedDict):
    """The event of the state "Prepare"."""

    event: Any
    """The StartExecution input, unchecked: it may be a list or a number."""
    execution: Execution


class PrepareAnswer(TypedDict):
    """The answer. The state machine branches on `next`."""

    next: Literal["GENERATE", "REVISE", "CONCLUDE"]
    ending: str
    """The name of a status, or ACCEPTED_BEFORE, if `next` is CONCLUDE; otherwise ""."""
    spent_usd: float
    run: dict[str, Any]
    """`RunState.to_state`."""
    estimate: dict[str, Any] | None
    """The figures of a dry run, for its result; None for other runs."""
