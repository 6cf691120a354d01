"""What was asked of the stand-in, in order: tests count paid calls by it."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One call that reached the stand-in."""

    operation: str
    """`image`, `requirements`, `verdict`, `prompt`, `coverage`, or `other`: one with none of Retake's tools."""
    model_id: str
    """As it stood in the path, decoded: a base id, a profile id or an ARN."""
    status: int
    """HTTP status. 200 also when the answer was then stalled or dropped: the work was done, AWS would charge it."""
    fault: str | None = None
    """The fault that was played, if any."""


class CallLog(list[Call]):
    """A list that several server threads append to."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def append(self, call: Call) -> None:
        """Adds a call at the end."""
        with self._lock:
            super().append(call)

    def answered(self, operation: str) -> int:
        """How many calls of one operation were answered with 200, and so paid for."""
        with self._lock:
            return sum(1 for call in self if call.operation == operation and call.status == 200)
