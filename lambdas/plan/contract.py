"""What the state machine gives Plan, and Plan's answer."""

from typing import Any, TypedDict

from lambdas.core.batch.state import BatchState
from lambdas.core.runtime.execution import BatchExecution


class PlanEvent(TypedDict):
    """The event of the state "Plan batch"."""

    event: Any
    """The StartExecution input. Nobody has checked it."""
    execution: BatchExecution


class PlanAnswer(TypedDict):
    """The answer; `next` says where the machine goes."""

    next: str
    """RUN, DUPLICATE, WAIT or REFUSED."""
    batch: BatchState | None
    """None unless `next` is RUN."""
    summary: dict[str, Any] | None
    """The output or cause of an execution that ends here; None for RUN and WAIT."""
    error: str | None
    """The error of an execution that fails here: for REFUSED."""
