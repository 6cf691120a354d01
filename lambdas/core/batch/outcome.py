"""Return one row for each item, from the map's files or else from the item's records."""

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
# To read a bill takes one listing and one request for each step's ledger. With request.json, an item with one attempt
# takes five requests. At an assumed 20 ms each, 16 at once, this many bills take about 2 minutes of the function's 870 s.
_MAX_BILLS = 20_000
_BEYOND = "its ledgers: too many items have no result"

# Why an item has no result: an `error` and its `cause`. Used only when the records give no reason.
_Reason = dict[str, Any]
_NO_REASON: _Reason = {"error": None, "cause": None}
_Unfinished = tuple[dict[str, Any], _Reason]


def read_rows(folder: RunFolder, items_key: str, map_run: MapRun, fault: Fault | None) -> Iterator[dict[str, Any]]:
    """Yield the row of every planned item once: first the rows that the map wrote, then those from the items' records.

    The row of an item without a result gives the reason, and the cost from its ledgers.

    fault: the map's error, reported for items that never began; None if the map succeeded.

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
        while chunk := list(itertools.islice(unseen, _READ_AHEAD)):
            yield from readers.map(read, chunk)


def _reason(row: dict[str, Any]) -> _Reason:
    return {"error": row["error"], "cause": row["message"]}


def _unfinished(item_id: str, reason: _Reason, paid: Spending) -> dict[str, Any]:
    message = parse_cause(reason["cause"] or "")
    return row_without_result(
        item_id,
        reason["error"] or "NotRun",
        message or "Nothing was recorded: the batch ended before this item did, or its functions failed; see the log.",
        paid,
    )


def _files(bucket: str, results_key: str | None) -> dict[str, list[dict[str, Any]]]:
    """Return the map's files by status, from the manifest.json of its ResultWriter."""
    if results_key is None:
        return {}
    with _body(bucket, results_key) as body:
        found: dict[str, list[dict[str, Any]]] = json.loads(body.read())["ResultFiles"]
    return found


def _objects(bucket: str, files: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the objects in the files' lines. Skip lines that hold no object: an item without a row has its records."""
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
    """Yield the items whose execution failed, timed out or was stopped.

    AWS: COMPACT does not shorten the entry of such an execution. It has `Status`, `Error`, `Cause`, and the input as text.
    """
    for execution in _objects(bucket, files.get("FAILED", [])):
        if event := _input(execution):
            error = execution.get("Error") or f"Execution.{execution.get('Status')}"
            yield event, {"error": error, "cause": execution.get("Cause")}


def _input(execution: dict[str, Any]) -> dict[str, Any] | None:
    """Return the item's event; None if the file does not hold it. The item is then found in the plan."""
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
    """Return the row of one item. If the map's row says "no result", an older result.json is ignored."""
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
