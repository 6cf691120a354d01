"""The event and the answer of Conclude batch."""

from typing import Any, TypedDict

from lambdas.core.batch.state import BatchState, MapRun
from lambdas.core.runtime.execution import BatchExecution, Fault


class ConcludeBatchEvent(TypedDict):
    """The event of the state "Conclude batch"."""

    batch: BatchState
    map_run: MapRun
    fault: Fault | None
    """The fault of the map; None if it succeeded."""
    execution: BatchExecution


class ConcludeBatchAnswer(TypedDict):
    """The answer."""

    summary: dict[str, Any]
    """summary.json."""
    error: str | None
    """The error of the failed execution; None if every line has an accepted picture."""
