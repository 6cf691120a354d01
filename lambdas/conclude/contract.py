"""What the state machine gives Conclude, and Conclude's answer."""

from typing import Any, TypedDict

from lambdas.core.request.place import UncheckedPlace
from lambdas.core.runtime.execution import Execution, Fault


class ConcludeEvent(TypedDict):
    """The event of the state "Conclude"."""

    run: dict[str, Any] | None
    """`RunState.to_state`; None where Prepare failed."""
    unprepared: UncheckedPlace | None
    """Where a run that Prepare could not prepare may have records; None where Prepare answered."""
    estimate: dict[str, Any] | None
    """The figures of a dry run; None for any other run."""
    ending: str
    """How the machine left the loop: the name of a status, or ACCEPTED_BEFORE."""
    fault: Fault | None
    """The fault that ended the run; None where there was none."""
    execution: Execution


class ConcludeAnswer(TypedDict):
    """The answer: `result` for an execution that succeeds, `error` and `cause` for one that fails; the others are None."""

    status: str
    result: dict[str, Any] | None
    """The result, cut to size; for an item of a batch, its row."""
    error: str | None
    cause: str | None
    """The result, cut to size, as JSON."""
