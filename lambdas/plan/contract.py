"""The event and the answer of Plan."""

from typing import Any, TypedDict

from lambdas.core.batch.state import BatchState
from lambdas.core.runtime.execution import BatchExecution


class PlanEvent(TypedDict):
    """The event of the state "Plan batch"."""

    event: Any
    """The StartExecution input, unchecked."""
    execution: BatchExecution


class PlanAnswer(TypedDict):
    """The answer. The state machine branches on `next`."""

    next: str
    """RUN, DUPLICATE, WAIT or REFUSED."""
    batch: BatchState | None
    """None unless `next` is RUN."""
    summary: dict[str, Any] | None
    """The output or cause of the execution, if it ends here; None for RUN and WAIT."""
    error: str | None
    """The error of the execution, if it fails here (REFUSED)."""
