"""The ledger of a calibration: no run, one ceiling for all pictures, kept in memory."""

import threading

from lambdas.core.money.ledger import Ledger, PaidCall
from lambdas.core.storage.run_folder import RunFolder


class Till(Ledger):
    """May be shared by threads. A calibration is not taken up again, so its calls need not outlive the process."""

    def __init__(self, ceiling_usd: float) -> None:
        nowhere = _Nowhere(bucket="", prefix="", run_id="calibration")
        super().__init__(folder=nowhere, step="verdicts", spent_before_usd=0.0, ceiling_usd=ceiling_usd)
        self._lock = threading.Lock()

    def reserve(self, calls: list[PaidCall], followed_by_usd: float = 0.0) -> None:
        """As the ledger of a run does; of two threads that ask at once, the second sees the first's call."""
        with self._lock:
            super().reserve(calls, followed_by_usd)


class _Nowhere(RunFolder):
    """The folder of no run."""

    def write(self, name: str, body: bytes, content_type: str) -> None:
        """Nothing: the ledger itself has the calls."""
