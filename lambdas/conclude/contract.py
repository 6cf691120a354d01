"""The event and the answer of Conclude."""

from typing import Any, TypedDict

from lambdas.core.request.place import UncheckedPlace
from lambdas.core.runtime.execution import Execution, Fault


class ConcludeEvent(TypedDict):
    """The event of the state "Conclude"."""

    run: dict[str, Any] | None
    """`RunState.to_state`; None if Prepare failed."""
    unprepared: UncheckedPlace | None
    """If Prepare failed, the place where the run may have records; otherwise None."""
    estimate: dict[str, Any] | None
    """The figures of a dry run; None for other runs."""
    ending: str
    """How the loop ended: the name of a status, or ACCEPTED_BEFORE."""
    fault: Fault | None
    """The fault that ended the run, if any."""
    execution: Execution


class ConcludeAnswer(TypedDict):
    """The answer. An execution that succeeds has a `result`, one that fails an `error` and a `cause`; the others are None."""

    status: str
    result: dict[str, Any] | None
    """The result, cut to size. For an item of a batch, its row."""
    error: str | None
    cause: str | None
    """The result, cut to size, as JSON."""
