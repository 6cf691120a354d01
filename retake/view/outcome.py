"""How an execution ended, on this machine or in AWS."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """How an execution ended. `output` is there when it SUCCEEDED, `error` and `cause` when it FAILED."""

    status: str
    """SUCCEEDED, FAILED, TIMED_OUT or ABORTED (stopped), as Step Functions says it."""
    output: Any = None
    error: str | None = None
    cause: str | None = None

    def told(self) -> dict[str, Any] | None:
        """The result or summary that it ended with; None when it failed before it had one."""
        return self.output if self.status == "SUCCEEDED" else object_in(self.cause)


def object_in(cause: str | None) -> dict[str, Any] | None:
    """The result or summary that a failed execution carries as its cause; None when its cause is a fault's."""
    try:
        found = json.loads(cause or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) and "status" in found else None
