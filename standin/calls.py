"""The log of the calls made to the stand-in. Tests use it to count paid calls."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One call that reached the stand-in."""

    operation: str
    """`image`, `requirements`, `verdict`, `prompt`, `coverage`, or `other` for a question without one of Retake's tools."""
    model_id: str
    """The id from the URL, percent-decoded: a base id, a profile id or an ARN."""
    status: int
    """HTTP status. A stalled or dropped call has 200: the work was done, so AWS would charge for it."""
    fault: str | None = None
    """The injected fault, if any."""


class CallLog(list[Call]):
    """A list of calls in order. Safe to append to from several server threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def append(self, call: Call) -> None:
        """Append a call."""
        with self._lock:
            super().append(call)

    def count_paid(self, operation: str) -> int:
        """Count the calls of one operation that AWS would charge for: those with status 200."""
        with self._lock:
            return sum(1 for call in self if call.operation == operation and call.status == 200)
