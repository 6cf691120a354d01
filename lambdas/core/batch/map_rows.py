"""The rows that the batch's map wrote, by item. They are kept in a temporary file, because a large batch has many."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.batch.state import MapRun
from lambdas.core.request.batch_item import parse_item_id
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import RecordError

_IN_MEMORY_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_MAX_MESSAGE_CHARS = 400


@dataclass(frozen=True)
class Reason:
    """Why an item has no result. Used only if the item's records give no reason."""

    error: str | None = None
    message: str | None = None


class MapRows:
    """The map's rows. `reasons` has those of items of which the map says that they have no result.

    with MapRows(bucket, map_run) as rows:
        rows.get("one")
    """

    def __init__(self, bucket: str, map_run: MapRun) -> None:
        self._bucket = bucket
        self._map_run = map_run
        self._places: dict[str, int] = {}
        self.without_result: dict[str, Reason] = {}
        """Items whose execution ended without a result. An older result.json is not theirs."""
        self.failed: dict[str, Reason] = {}
        """Items whose execution failed, timed out or was stopped. They may still have a result."""

    def __enter__(self) -> "MapRows":
        """Read the files of the map.

        Raises:
            RecordError: S3 failed.
        """
        self._rows = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)
        for row in self._map_run["failures"]:
            if row:
                self.without_result[row["item_id"]] = _reason_of_row(row)
        files = self._files()
        for row in self._objects(files.get("SUCCEEDED", [])):
            item_id = row.get("item_id")
            if item_id is None or item_id in self._places:
                continue
            if row.get("no_result"):
                self.without_result[item_id] = _reason_of_row(row)
                continue
            self._places[item_id] = self._rows.tell()
            self._rows.write(json.dumps(row).encode() + b"\n")
        # AWS: COMPACT does not shorten the entry of such an execution. It has `Status`, `Error`, `Cause`, and the input as text.
        for execution in self._objects(files.get("FAILED", [])):
            if item_id := _item_id(execution):
                error = execution.get("Error") or f"Execution.{execution.get('Status')}"
                self.failed.setdefault(item_id, reason_of(error, execution.get("Cause")))
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def get(self, item_id: str) -> dict[str, Any] | None:
        """Return the item's row; None if the map wrote none. Not for several threads."""
        if item_id not in self._places:
            return None
        self._rows.seek(self._places[item_id])
        row: dict[str, Any] = json.loads(self._rows.readline())
        return row

    def _files(self) -> dict[str, list[dict[str, Any]]]:
        """Return the map's files by status, from the manifest.json of its ResultWriter."""
        key = self._map_run["results_key"]
        if key is None:
            return {}
        with open_object(self._bucket, key) as body:
            found: dict[str, list[dict[str, Any]]] = json.loads(body.read())["ResultFiles"]
        return found

    def _objects(self, files: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the objects in the files' lines. Skip lines that hold no object: an item without a row has its records."""
        for file in files:
            with open_object(self._bucket, file["Key"]) as body:
                for line in body.iter_lines(_CHUNK_BYTES):
                    try:
                        found = json.loads(line)
                    except ValueError:
                        continue
                    if isinstance(found, dict):
                        yield found


def reason_of(error: str | None, cause: str | None) -> Reason:
    """Return the reason with the message in the cause of an execution or a map."""
    return Reason(error, (parse_cause(cause or "") or "")[:_MAX_MESSAGE_CHARS])


def _reason_of_row(row: dict[str, Any]) -> Reason:
    return reason_of(row["error"], row["message"])


def _item_id(execution: dict[str, Any]) -> str | None:
    """Return the item's id, from the event of its execution; None if the file does not hold the event."""
    try:
        event = json.loads(execution.get("Input") or "")
    except ValueError:
        return None
    return parse_item_id(event["run_id"]) if isinstance(event, dict) and "run_id" in event else None


@contextmanager
def open_object(bucket: str, key: str) -> Iterator[Any]:
    """Yield the body of an object in S3.

    Raises:
        RecordError: S3 failed.
    """
    try:
        with closing(s3().get_object(Bucket=bucket, Key=key)["Body"]) as body:
            yield body
    except (ClientError, BotoCoreError) as error:
        raise RecordError(f"s3://{bucket}/{key}: S3 did not read it ({error})") from error
