"""The quota of calls that the service lets through.

AWS documents requests a minute, and not how they are counted. Here it is a token bucket for each model, which holds one
second's calls (at least one) and begins full.
"""

import threading
import time


class Quota:
    """`quota.allows("stability.stable-image-core-v1:1")`: whether one more call may be made now; then it counts."""

    def __init__(self, calls_per_s: float) -> None:
        self._calls_per_s = calls_per_s
        self.burst_calls = max(1.0, calls_per_s)
        """Calls that may come at once after a pause."""
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def allows(self, model_id: str) -> bool:
        """Takes a call from what is left for the model; False when there is none."""
        with self._lock:
            now_s = time.monotonic()
            calls, since_s = self._left.get(model_id, (self.burst_calls, now_s))
            calls = min(self.burst_calls, calls + (now_s - since_s) * self._calls_per_s)
            is_allowed = calls >= 1
            self._left[model_id] = (calls - is_allowed, now_s)
            return is_allowed
