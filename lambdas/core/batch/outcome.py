"""What came of every item: its row, from what the map wrote, else from the item's own records."""

import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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


def rows(folder: RunFolder, items_key: str, map_run: dict[str, Any], fault: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The row of every planned item, each once: first those that the map wrote, then the others.

    map_run: `results_key` (the manifest.json of the map's ResultWriter) where there is one, and `failures`, the rows
        of items that ended without a result, for the engine that has no ResultWriter.
    fault: the map's own, which is the reason of the items that never began.

    Raises:
        RecordError: S3 failed.
    """
    seen: set[str] = set()
    for row in _written_by_the_map(folder.bucket, map_run.get("results_key")):
        if row["item_id"] not in seen:
            seen.add(row["item_id"])
            yield _plain(row)
    failures = {row["item_id"]: _plain(row) for row in map_run["failures"] if row}
    others = (event for event in _events(folder.bucket, items_key) if item_id_of(event["run_id"]) not in seen)
    with ThreadPoolExecutor(_READERS) as readers:
        while some := list(itertools.islice(others, _READ_AHEAD)):
            for event, found in zip(some, readers.map(_from_records, some), strict=True):
                item_id = item_id_of(event["run_id"])
                yield failures.get(item_id) or found or _not_run(item_id, fault)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "no_result"}


def _not_run(item_id: str, fault: dict[str, Any]) -> dict[str, Any]:
    error = fault["error"] or "NotRun"
    return row_without_result(item_id, error, fault["cause"] or "The batch ended before this item had a result.")


def _written_by_the_map(bucket: str, results_key: str | None) -> Iterator[dict[str, Any]]:
    if results_key is None:
        return
    manifest = json.loads(_body(bucket, results_key).read())
    for file in manifest["ResultFiles"].get("SUCCEEDED", []):
        with closing(_body(bucket, file["Key"])) as body:
            for line in body.iter_lines():
                row = json.loads(line)
                if isinstance(row, dict) and "item_id" in row:
                    yield row


def _events(bucket: str, items_key: str) -> Iterator[dict[str, Any]]:
    with closing(_body(bucket, items_key)) as body:
        for _, text in elements(body, MAX_LINE_BYTES):
            yield json.loads(text)


def _from_records(event: dict[str, Any]) -> dict[str, Any] | None:
    try:
        request = in_its_folder(request_from_event(event, settings(), ""))
    except InvalidRequestError as fault:
        return row_without_result(item_id_of(event["run_id"]), "InvalidRequestError", str(fault))
    folder = RunFolder(request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
    result = folder.read_json(RESULT)
    return result and row_of(item_id_of(request.run_id), result)


def _body(bucket: str, key: str) -> Any:
    try:
        return s3().get_object(Bucket=bucket, Key=key)["Body"]
    except (ClientError, BotoCoreError) as error:
        raise RecordError(f"s3://{bucket}/{key}: S3 did not read it ({error})") from error
