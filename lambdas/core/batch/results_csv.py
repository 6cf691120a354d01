"""results.csv: the rows of a batch for people, to open in a spreadsheet."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.records import split_s3_uri
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import object_url

COLUMNS = (
    "line",
    "item_id",
    "status",
    "prompt",
    "final_prompt",
    "picture",
    "report",
    "failed",
    "uncertain",
    "reason",
    "attempts",
    "revisions",
    "images",
    "cost_usd",
    "score",
    "duration_s",
    "engine",
    "error",
    "message",
    "run_id",
)
# Excel reads a file without this mark in the code page of the system.
BOM = "\ufeff"

# Blanks and invisible characters, except those at which a spreadsheet may begin a cell. It drops quotes there.
_SKIPPED = r'["\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*'
# Spreadsheets run a cell that begins with one of these characters as a formula. Where the system's delimiter is a semicolon
# or a tab, they begin a cell in the middle of a text, whatever its quotes; a broken one does so at a comma or a line end.
_FORMULA = re.compile(rf"^(?=[\t\r\n])|(?:^|(?<=[;,\t\r\n]))(?={_SKIPPED}[=+\-@＝＋－＠])")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def write_results_csv(rows: Iterable[Mapping[str, Any]], extra_columns: Iterable[str]) -> Iterator[bytes]:
    """Yield the lines of results.csv: the header, then a line for each row.

    extra_columns: the names of the manifest's extra columns.
    """
    extras = {name: f"{name} (manifest)" if name in COLUMNS else name for name in extra_columns}
    yield BOM.encode() + _line((*COLUMNS, *map(_cell, extras.values())))
    for row in rows:
        shown = {**row, "picture": row["image"]}
        for name in ("picture", "report"):
            shown[name] = locate(shown[name]) if shown[name] else None
        yield _line(
            (*(_cell(shown.get(name)) for name in COLUMNS), *(_cell(row["extra"].get(name)) for name in extras))
        )


def locate(uri: str) -> str:
    """Return where a person opens an `s3://` address.

    It is a file on the user's machine, under `retake serve` an address of the endpoint, else the object's page in the AWS
    console.
    """
    bucket, key = split_s3_uri(uri)
    here = settings()
    if here.s3_url:
        return object_url(bucket, key)
    if here.local_folder:
        return here.local_folder + key.removeprefix(f"{here.local_prefix}/")
    return f"https://s3.console.aws.amazon.com/s3/object/{bucket}?region={s3().meta.region_name}&prefix={quote(key)}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return _cell("; ".join(map(_describe, value)))
    if isinstance(value, int | float):
        return json.dumps(value)
    text = str(value)
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub("'", text)


def _describe(finding: Mapping[str, str]) -> str:
    """Return the requirement's text, with what the judge saw in parentheses."""
    return f"{finding['text']} ({finding['observed']})" if finding["observed"] else finding["text"]


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")
