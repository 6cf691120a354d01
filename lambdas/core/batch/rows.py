"""Return the row of each line of a batch, in the manifest's order.

The plan has the lines, the map has the rows of its items, and the items' records have the texts. An item without a row of the
map gets its row from its records.
"""

import heapq
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from lambdas.core.batch.item_folder import find_item_folder
from lambdas.core.batch.manifest.json_array import read_elements
from lambdas.core.batch.manifest.manifest import MAX_LINE_BYTES
from lambdas.core.batch.map_rows import MapRows, Reason, open_object, reason_of
from lambdas.core.batch.row import NO_SPENDING, complete_row, rejected_row, row_of, row_without_result
from lambdas.core.batch.spending import Spending, read_spending
from lambdas.core.batch.state import MapRun
from lambdas.core.money.budget import release_unused
from lambdas.core.request.batch_item import parse_item_id
from lambdas.core.request.request import Request, parse_request
from lambdas.core.runtime.batch_paths import REJECTED
from lambdas.core.runtime.errors import CorruptRecordError, InvalidRequestError
from lambdas.core.runtime.execution import Fault
from lambdas.core.runtime.records import RESULT, folder_of
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder

_READERS = 16
_READ_AHEAD = 256
_IN_MEMORY_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
# The function has 870 s. The texts of results end first, because costs matter more.
_RESULTS_TIME_LIMIT_S = 400.0
_BILLS_TIME_LIMIT_S = 600.0
_TIMED_OUT = "its ledgers: reading those of other items took too long"
_NO_MESSAGE = "Nothing was recorded: the batch ended before this item did, or its functions failed; see the log."


def read_rows(folder: RunFolder, items_key: str, map_run: MapRun, fault: Fault | None) -> Iterator[dict[str, Any]]:
    """Yield the row of every planned item and of every rejected line once, in the manifest's order.

    The row of an item without a result gives the reason, and the cost from its ledgers. When the time for reading is over,
    rows lack the texts of results, later also the costs from ledgers.

    fault: the map's error, reported for items that never began; None if the map succeeded.

    Raises:
        RecordError: S3 failed.
    """
    reader = _Reader(reason_of(fault["error"], fault["cause"]) if fault else Reason())
    with (
        MapRows(folder.bucket, map_run) as rows,
        _downloaded(folder.bucket, items_key) as items,
        _downloaded(folder.bucket, folder.key(REJECTED)) as rejected,
        ThreadPoolExecutor(_READERS) as readers,
    ):
        lines: Iterator[_Item | _Rejected] = heapq.merge(
            _items(items, rows), _rejected(rejected), key=lambda line: line.number
        )
        while chunk := list(itertools.islice(lines, _READ_AHEAD)):
            yield from readers.map(reader.read, chunk)


@dataclass(frozen=True)
class _Line:
    """A line of the manifest."""

    number: int


@dataclass(frozen=True)
class _Rejected(_Line):
    """A rejected line."""

    line: dict[str, Any]


@dataclass(frozen=True)
class _Item(_Line):
    """An item of the plan, and what the map says of it."""

    event: dict[str, Any]
    row: dict[str, Any] | None
    """The map's row."""
    without_result: Reason | None
    """Not None if its execution ended without a result. An older result.json is then ignored."""
    failed: Reason | None

    @property
    def item_id(self) -> str:
        return parse_item_id(self.event["run_id"])


@contextmanager
def _downloaded(bucket: str, key: str) -> Iterator[IO[bytes]]:
    """Yield an object in a temporary file. S3 would close a connection from which little is read."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
        with open_object(bucket, key) as body:
            shutil.copyfileobj(body, file, _CHUNK_BYTES)
        file.seek(0)
        yield file


def _items(file: IO[bytes], rows: MapRows) -> Iterator[_Item]:
    for place, (_, text) in enumerate(read_elements(file, MAX_LINE_BYTES), 1):
        event = json.loads(text)
        item_id = parse_item_id(event["run_id"])
        yield _Item(
            # A plan that an older version wrote has no line numbers.
            event["batch"].get("line", place),
            event,
            rows.get(item_id),
            rows.without_result.get(item_id),
            rows.failed.get(item_id),
        )


def _rejected(file: IO[bytes]) -> Iterator[_Rejected]:
    for text in file:
        line = json.loads(text)
        yield _Rejected(line["line"], line)


class _Reader:
    """Makes the rows of lines. Several threads may use it."""

    def __init__(self, map_reason: Reason) -> None:
        self._map_reason = map_reason
        start = time.monotonic()
        self._results_deadline = start + _RESULTS_TIME_LIMIT_S
        self._bills_deadline = start + _BILLS_TIME_LIMIT_S

    def read(self, line: _Item | _Rejected) -> dict[str, Any]:
        """Return the row of a line."""
        if isinstance(line, _Rejected):
            return rejected_row(line.line)
        if line.row:
            return complete_row(line.row, line.event, self._result(line.row))
        return self._from_records(line)

    def _result(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """Return the result of an item with a row; None without it, because the row has the numbers."""
        report = row.get("report")
        if not report or time.monotonic() > self._results_deadline:
            return None
        try:
            return RunFolder(*folder_of(report)).read_json(RESULT)
        except CorruptRecordError:
            return None

    def _from_records(self, item: _Item) -> dict[str, Any]:
        event, ended, item_id = item.event, item.without_result, item.item_id
        try:
            request, begun = find_item_folder(parse_request(event, settings(), "", is_item=True))
        except InvalidRequestError as fault:
            return _unfinished(event, ended or Reason("InvalidRequestError", str(fault)), NO_SPENDING)
        folder = RunFolder(request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
        try:
            if not ended and (result := folder.read_json(RESULT)):
                return complete_row(row_of(item_id, result), event, result)
        except CorruptRecordError as fault:
            ended = Reason("CorruptRecordError", str(fault))
        return _unfinished(
            event, ended or item.failed or self._map_reason, self._paid(folder, request) if begun else NO_SPENDING
        )

    def _paid(self, folder: RunFolder, request: Request) -> Spending:
        if time.monotonic() > self._bills_deadline:
            return Spending(unread=_TIMED_OUT)
        # Its Conclude did not release it. Otherwise, the batch's counter would hold more than was paid.
        release_unused(request)
        return read_spending(folder)


def _unfinished(event: dict[str, Any], reason: Reason, paid: Spending) -> dict[str, Any]:
    row = row_without_result(
        parse_item_id(event["run_id"]), reason.error or "NotRun", reason.message or _NO_MESSAGE, paid
    )
    return complete_row(row, event, None)
