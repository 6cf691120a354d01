"""The quota of image calls: a token bucket for each model.

AWS documents a number of requests a minute, but not how they are counted. Here a bucket holds the calls of one second
(at least one) and starts full.
"""

import threading
import time


class Quota:
    """Token buckets by model id, safe to use from several threads."""

    def __init__(self, calls_per_s: float) -> None:
        self._calls_per_s = calls_per_s
        self.burst_calls = max(1.0, calls_per_s)
        """Size of a bucket: the calls that may come at once after a pause."""
        self._buckets: dict[str, tuple[float, float]] = {}
        """The calls left in a model's bucket, and when that was counted."""
        self._lock = threading.Lock()

    def take_call(self, model_id: str) -> bool:
        """Take one call from the model's bucket. Return False if less than one is left."""
        with self._lock:
            now_s = time.monotonic()
            calls, counted_s = self._buckets.get(model_id, (self.burst_calls, now_s))
            calls = min(self.burst_calls, calls + (now_s - counted_s) * self._calls_per_s)
            is_allowed = calls >= 1
            self._buckets[model_id] = (calls - is_allowed, now_s)
            return is_allowed
