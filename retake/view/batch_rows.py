"""The rows of a batch, read from results.jsonl or rejected.jsonl, and its chosen pictures."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lambdas.core.request.batch_item import ITEM_ID
from lambdas.core.runtime.records import parse_record, split_s3_uri

_ENDING = re.compile(r"\.[a-z0-9]{1,5}")


def parse_rows(place: str, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the object in each line.

    place: the path or address of the file, for the message.

    Raises:
        CorruptRecordError: a line is not a JSON object.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield parse_record(f"{place}: line {number}", line)


@dataclass(frozen=True)
class ChosenPicture:
    """The chosen picture of an item."""

    uri: str
    """Its `s3://` address."""
    bucket: str
    key: str
    item_id: str
    file_name: str | None
    """Its name in a folder of chosen pictures: the item's id. None if that cannot be the name of a file."""
    run_folder: str
    """The key of its run's folder; empty if the row names none."""


def chosen_pictures(rows: Iterable[dict[str, Any]]) -> Iterator[ChosenPicture]:
    """Yield the chosen picture of each row that has one."""
    for row in rows:
        if not row.get("image"):
            continue
        uri, item_id = str(row["image"]), str(row.get("item_id"))
        bucket, key = split_s3_uri(uri)
        ending = PurePosixPath(key).suffix.lower()
        is_safe = ITEM_ID.fullmatch(item_id) and _ENDING.fullmatch(ending)
        run_folder = split_s3_uri(str(row.get("report") or ""))[1].rpartition("/")[0]
        yield ChosenPicture(uri, bucket, key, item_id, f"{item_id}{ending}" if is_safe else None, run_folder)
