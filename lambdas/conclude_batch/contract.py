"""What the state machine gives Conclude batch, and its answer."""

from typing import Any, TypedDict

from lambdas.core.batch.state import BatchState, MapRun
from lambdas.core.runtime.execution import BatchExecution, Fault


class ConcludeBatchEvent(TypedDict):
    """The event of the state "Conclude batch"."""

    batch: BatchState
    map_run: MapRun
    fault: Fault | None
    """The map's; None where it ended well."""
    execution: BatchExecution


class ConcludeBatchAnswer(TypedDict):
    """The answer."""

    summary: dict[str, Any]
    """summary.json."""
    error: str | None
    """The error of an execution that fails; None where every line has an accepted picture."""
