"""What came of every item: its row, from what the map wrote, else from the item's own records."""

import itertools
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.batch.folder_of_item import in_its_folder
from lambdas.core.batch.item import item_id_of
from lambdas.core.batch.json_array import elements
from lambdas.core.batch.manifest import MAX_LINE_BYTES
from lambdas.core.batch.row import row_of, row_without_result
from lambdas.core.clients import s3
from lambdas.core.errors import InvalidRequestError, RecordError
from lambdas.core.record import RESULT, RunFolder
from lambdas.core.request import request_from_event
from lambdas.core.settings import settings

_READERS = 16
_READ_AHEAD = 256
_CHUNK_BYTES = 64 * 1024

# An item's event, and the reason that is told where it has no record: an `error` and its `cause`.
_Unfinished = tuple[dict[str, Any], dict[str, Any]]


def rows(folder: RunFolder, items_key: str, map_run: dict[str, Any], fault: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The row of every planned item, each once: first those that the map wrote, then the others, by their records.

    map_run: `results_key` (the manifest.json of the map's ResultWriter) where there is one, and `failures`, the rows
        of items that ended without a result, for the engine that has no ResultWriter.
    fault: the map's own, which is the reason of the items that never began.

    Raises:
        RecordError: S3 failed.
    """
    seen: set[str] = set()
    files = _files(folder.bucket, map_run.get("results_key"))
    for row in _objects(folder.bucket, files.get("SUCCEEDED", [])):
        if "item_id" in row and row["item_id"] not in seen:
            seen.add(row["item_id"])
            yield _plain(row)
    failures = {row["item_id"]: _plain(row) for row in map_run["failures"] if row}
    unseen = _unseen(itertools.chain(_failed(folder.bucket, files), _events(folder.bucket, items_key, fault)), seen)
    with ThreadPoolExecutor(_READERS) as readers:
        while some := list(itertools.islice(unseen, _READ_AHEAD)):
            found = readers.map(_from_records, (event for event, _ in some))
            for (event, reason), recorded in zip(some, found, strict=True):
                item_id = item_id_of(event["run_id"])
                yield failures.get(item_id) or recorded or _not_run(item_id, reason)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "no_result"}


def _not_run(item_id: str, fault: dict[str, Any]) -> dict[str, Any]:
    error = fault["error"] or "NotRun"
    return row_without_result(
        item_id,
        error,
        fault["cause"]
        or "Nothing was recorded: the batch ended before this item did, or its functions failed; see the log.",
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


def _events(bucket: str, items_key: str, fault: dict[str, Any]) -> Iterator[_Unfinished]:
    with _body(bucket, items_key) as body:
        for _, text in elements(body, MAX_LINE_BYTES):
            yield json.loads(text), fault


def _unseen(found: Iterable[_Unfinished], seen: set[str]) -> Iterator[_Unfinished]:
    for event, reason in found:
        if (item_id := item_id_of(event["run_id"])) not in seen:
            seen.add(item_id)
            yield event, reason


def _from_records(event: dict[str, Any]) -> dict[str, Any] | None:
    try:
        request = in_its_folder(request_from_event(event, settings(), ""))
    except InvalidRequestError as fault:
        return row_without_result(item_id_of(event["run_id"]), "InvalidRequestError", str(fault))
    folder = RunFolder(request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
    result = folder.read_json(RESULT)
    return result and row_of(item_id_of(request.run_id), result)


@contextmanager
def _body(bucket: str, key: str) -> Iterator[Any]:
    try:
        with closing(s3().get_object(Bucket=bucket, Key=key)["Body"]) as body:
            yield body
    except (ClientError, BotoCoreError) as error:
        raise RecordError(f"s3://{bucket}/{key}: S3 did not read it ({error})") from error
