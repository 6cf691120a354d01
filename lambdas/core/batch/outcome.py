"""What came of every item: its row, from what the map wrote, else from the item's own records."""

import itertools
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.batch.item_folder import find_item_folder
from lambdas.core.batch.json_array import read_elements
from lambdas.core.batch.manifest import MAX_LINE_BYTES
from lambdas.core.batch.row import NO_SPENDING, row_of, row_without_result
from lambdas.core.batch.spending import Spending, read_spending
from lambdas.core.batch.state import MapRun
from lambdas.core.request.batch_item import parse_item_id
from lambdas.core.request.request import parse_request
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import InvalidRequestError, RecordError
from lambdas.core.runtime.execution import Fault
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RESULT, RunFolder

_READERS = 16
_READ_AHEAD = 256
_CHUNK_BYTES = 64 * 1024
# A bill is a listing and a ledger for each step: with request.json, five requests for an item with one attempt. At an
# assumed 20 ms, 16 at once, that many bills take some two minutes of the function's 870 s.
_MAX_BILLS = 20_000
_BEYOND = "its ledgers: too many items have no result"

# Why an item has no result: an `error` and its `cause`. It is used if the records give no reason.
_Reason = dict[str, Any]
_NO_REASON: _Reason = {"error": None, "cause": None}
_Unfinished = tuple[dict[str, Any], _Reason]


def read_rows(folder: RunFolder, items_key: str, map_run: MapRun, fault: Fault | None) -> Iterator[dict[str, Any]]:
    """The row of every planned item, each once: first those that the map wrote, then the others, by their records.

    An item without a result has the reason for it in its row, and what its ledgers say that it paid.

    fault: the map's own, which is the reason of the items that never began; None when the map succeeded.

    Raises:
        RecordError: S3 failed.
    """
    seen: set[str] = set()
    files = _files(folder.bucket, map_run["results_key"])
    without_result = {row["item_id"]: _reason(row) for row in map_run["failures"] if row}
    for row in _objects(folder.bucket, files.get("SUCCEEDED", [])):
        if "item_id" not in row or row["item_id"] in seen:
            continue
        if row.get("no_result"):
            without_result[row["item_id"]] = _reason(row)
            continue
        seen.add(row["item_id"])
        yield row
    reason = {"error": fault["error"], "cause": fault["cause"]} if fault else _NO_REASON
    unseen = _unseen(itertools.chain(_failed(folder.bucket, files), _events(folder.bucket, items_key, reason)), seen)
    read = partial(_from_records, without_result, itertools.count(1))
    with ThreadPoolExecutor(_READERS) as readers:
        while some := list(itertools.islice(unseen, _READ_AHEAD)):
            yield from readers.map(read, some)


def _reason(row: dict[str, Any]) -> _Reason:
    return {"error": row["error"], "cause": row["message"]}


def _unfinished(item_id: str, reason: _Reason, paid: Spending) -> dict[str, Any]:
    said = parse_cause(reason["cause"] or "")
    return row_without_result(
        item_id,
        reason["error"] or "NotRun",
        said or "Nothing was recorded: the batch ended before this item did, or its functions failed; see the log.",
        paid,
    )


def _files(bucket: str, results_key: str | None) -> dict[str, list[dict[str, Any]]]:
    """The map's files by status, as the manifest.json of its ResultWriter names them."""
    if results_key is None:
        return {}
    with _body(bucket, results_key) as body:
        found: dict[str, list[dict[str, Any]]] = json.loads(body.read())["ResultFiles"]
    return found


def _objects(bucket: str, files: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The objects in the files' lines. What is none is left out: an item without a row has its record."""
    for file in files:
        with _body(bucket, file["Key"]) as body:
            for line in body.iter_lines(_CHUNK_BYTES):
                try:
                    found = json.loads(line)
                except ValueError:
                    continue
                if isinstance(found, dict):
                    yield found


def _failed(bucket: str, files: dict[str, list[dict[str, Any]]]) -> Iterator[_Unfinished]:
    """The items whose execution failed, timed out or was stopped.

    AWS: COMPACT leaves such an execution as it is: its input is a text, beside `Status`, `Error` and `Cause`.
    """
    for execution in _objects(bucket, files.get("FAILED", [])):
        if event := _input(execution):
            error = execution.get("Error") or f"Execution.{execution.get('Status')}"
            yield event, {"error": error, "cause": execution.get("Cause")}


def _input(execution: dict[str, Any]) -> dict[str, Any] | None:
    """The item's event; None where the file does not hold it, so that the item is found among the planned ones."""
    try:
        event = json.loads(execution.get("Input") or "")
    except ValueError:
        return None
    return event if isinstance(event, dict) and "run_id" in event else None


def _events(bucket: str, items_key: str, reason: _Reason) -> Iterator[_Unfinished]:
    with _body(bucket, items_key) as body:
        for _, text in read_elements(body, MAX_LINE_BYTES):
            yield json.loads(text), reason


def _unseen(found: Iterable[_Unfinished], seen: set[str]) -> Iterator[_Unfinished]:
    for event, reason in found:
        if (item_id := parse_item_id(event["run_id"])) not in seen:
            seen.add(item_id)
            yield event, reason


def _from_records(without_result: dict[str, _Reason], bills: Iterator[int], unfinished: _Unfinished) -> dict[str, Any]:
    """The row of one item. What is in its records is not this execution's where its row says that it has no result."""
    event, reason = unfinished
    item_id = parse_item_id(event["run_id"])
    ended = without_result.get(item_id)
    try:
        request, begun = find_item_folder(parse_request(event, settings(), "", is_item=True))
    except InvalidRequestError as fault:
        return _unfinished(item_id, ended or {"error": "InvalidRequestError", "cause": str(fault)}, NO_SPENDING)
    folder = RunFolder(request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
    if not ended and (result := folder.read_json(RESULT)):
        return row_of(item_id, result)
    return _unfinished(item_id, ended or reason, _paid(folder, bills) if begun else NO_SPENDING)


def _paid(folder: RunFolder, bills: Iterator[int]) -> Spending:
    return read_spending(folder) if next(bills) <= _MAX_BILLS else Spending(unread=_BEYOND)


@contextmanager
def _body(bucket: str, key: str) -> Iterator[Any]:
    try:
        with closing(s3().get_object(Bucket=bucket, Key=key)["Body"]) as body:
            yield body
    except (ClientError, BotoCoreError) as error:
        raise RecordError(f"s3://{bucket}/{key}: S3 did not read it ({error})") from error
