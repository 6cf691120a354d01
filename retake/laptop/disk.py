"""The room in the output folder: what could not be kept is not paid for."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lambdas.core.money.ledger import PaidCall
from lambdas.core.run.open_run import parse_request_record
from lambdas.core.run.state import RunState
from lambdas.core.runtime.functions import FUNCTIONS
from lambdas.core.runtime.quoting import format_count
from lambdas.core.runtime.records import REQUEST
from lambdas.core.storage.run_folder import RunFolder
from retake.emulator.folder import FolderError
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from retake.inputs.out_folder import PICTURE_BYTES
from retake.view.run_watch import ledger_of, record_of


class Disk:
    """Guards the handlers of a run or a batch. After the first file that cannot be written, nothing more is paid for.

    out: the output folder.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._coming = 0
        self._lost_pictures, self._lost_answers, self._lost_usd = 0, 0, 0.0
        self.fault: FolderError | None = None
        """The first file that could not be written; None if all could."""

    @property
    def lost(self) -> str | None:
        """A sentence about the answers that were paid for but could not be written; None if all were written."""
        lost = {"picture": self._lost_pictures, "Claude answer": self._lost_answers}
        named = " and ".join(format_count(number, noun) for noun, number in lost.items() if number)
        return f"{named} (${self._lost_usd:.4f}) could not be kept and will be paid for again" if named else None

    def handler_of(self, function: str) -> Handler:
        """Return the shipped handler of the function, guarded."""
        handler = shipped_handler(function)
        if FUNCTIONS[function].asks is None:
            return self._note_fault(handler)
        return self._note_fault(self._count_lost(function, self._keep_room(function, handler)))

    def _note_fault(self, handler: Handler) -> Handler:
        def note_fault(event: dict[str, Any], context: Any) -> Any:
            try:
                return handler(event, context)
            except FolderError as error:
                self.fault = self.fault or error
                raise

        return note_fault

    def _count_lost(self, function: str, handler: Handler) -> Handler:
        def count_lost(event: dict[str, Any], context: Any) -> Any:
            if self.fault:
                raise self.fault
            # Prepare's event names no run yet.
            folder = RunState.from_state(event["run"]).folder if "run" in event else None
            earlier = len(_paid_calls(folder, function, event)) if folder else 0
            try:
                return handler(event, context)
            except FolderError:
                if folder:
                    self._add_lost(folder, function, event, _paid_calls(folder, function, event)[earlier:])
                raise

        return count_lost

    def _add_lost(self, folder: RunFolder, function: str, event: dict[str, Any], calls: list[PaidCall]) -> None:
        record = str(record_of(function, event))
        is_kept = folder.names(f"{record.rpartition('/')[0]}/image-") if function == "generate" else folder.read(record)
        if not calls or is_kept:
            return
        with self._lock:
            self._lost_usd += sum(call.counted_usd for call in calls)
            if function == "generate":
                self._lost_pictures += _candidates(folder)
            else:
                self._lost_answers += len(calls)

    def _keep_room(self, function: str, handler: Handler) -> Handler:
        if function != "generate":
            return handler

        def keep_room(event: dict[str, Any], context: Any) -> Any:
            folder = RunState.from_state(event["run"]).folder
            if folder.read(str(record_of(function, event))) is not None:
                # The attempt was made by an earlier process.
                return handler(event, context)
            with self._reserve_room(_candidates(folder)):
                return handler(event, context)

        return keep_room

    @contextmanager
    def _reserve_room(self, pictures: int) -> Iterator[None]:
        """Count the pictures as coming inside the block.

        Raises:
            FolderError: the disk has no room for all pictures that are coming.
        """
        with self._lock:
            self._coming += pictures
            coming = self._coming
        try:
            free_bytes, wanted_bytes = shutil.disk_usage(self._out).free, coming * PICTURE_BYTES
            if free_bytes < wanted_bytes:
                raise FolderError(
                    f"{self._out}: has {free_bytes / 1e6:.1f} MB free, and {format_count(coming, 'picture')} may take "
                    f"{wanted_bytes / 1e6:.1f} MB; free some space"
                )
            yield
        finally:
            with self._lock:
                self._coming -= pictures


def _paid_calls(folder: RunFolder, function: str, event: dict[str, Any]) -> list[PaidCall]:
    ledger = folder.read_json(str(ledger_of(function, event))) or {"calls": []}
    return [PaidCall(**call) for call in ledger["calls"]]


def _candidates(folder: RunFolder) -> int:
    return parse_request_record(folder.require_json(REQUEST)).titan_img_number_of_images
