"""The ledger of a calibration: in memory, with one cost ceiling for all pictures."""

import threading

from lambdas.core.money.ledger import Ledger, PaidCall
from lambdas.core.storage.run_folder import RunFolder


class CalibrationLedger(Ledger):
    """A ledger for several threads. It writes no file, because a calibration is never resumed."""

    def __init__(self, ceiling_usd: float) -> None:
        folder = _NoFolder(bucket="", prefix="", run_id="calibration")
        super().__init__(folder=folder, step="verdicts", spent_before_usd=0.0, ceiling_usd=ceiling_usd)
        self._lock = threading.Lock()

    def reserve(self, calls: list[PaidCall], followed_by_usd: float = 0.0) -> None:
        """Reserve the calls like the ledger of a run, one thread at a time."""
        with self._lock:
            super().reserve(calls, followed_by_usd)


class _NoFolder(RunFolder):
    """A folder that keeps nothing."""

    def write(self, name: str, body: bytes, content_type: str) -> None:
        """Do nothing: the ledger keeps the calls in memory."""
