"""The outcome of an execution, on this machine or in AWS."""

import json
from dataclasses import dataclass
from typing import Any

INTERRUPTED = "Interrupted"
"""The `error` of a run that a signal ended on this machine."""


@dataclass(frozen=True)
class Outcome:
    """How an execution ended. An execution that SUCCEEDED has an `output`; one that FAILED has an `error` and a `cause`."""

    status: str
    """The status in Step Functions: SUCCEEDED, FAILED, TIMED_OUT or ABORTED (stopped)."""
    output: Any = None
    error: str | None = None
    cause: str | None = None

    def result_or_summary(self) -> dict[str, Any] | None:
        """Return the run's result or the batch's summary; None if the execution failed before it had one."""
        return self.output if self.status == "SUCCEEDED" else parse_result_cause(self.cause)


def parse_result_cause(cause: str | None) -> dict[str, Any] | None:
    """Return the result or summary in the cause of a failed execution; None if the cause is the message of a fault."""
    try:
        found = json.loads(cause or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) and "status" in found else None
