"""results.csv: the rows of a batch for people, to open in a spreadsheet."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from lambdas.core.runtime.records import split_s3_uri

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

# Spreadsheets run a cell that begins with one of these characters as a formula, also after blanks and invisible characters.
_FORMULA = re.compile(
    r"[\s\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]"
)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def write_results_csv(
    rows: Iterable[Mapping[str, Any]], extra_columns: Iterable[str], locate: Callable[[str], str]
) -> Iterator[bytes]:
    """Yield the lines of results.csv: the header, then a line for each row.

    extra_columns: the names of the manifest's extra columns.
    locate: returns where to open an `s3://` address.
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


def console_address(region: str) -> Callable[[str], str]:
    """Return a function that converts an `s3://` address to the object's page in the AWS console."""

    def locate(uri: str) -> str:
        bucket, key = split_s3_uri(uri)
        return f"https://s3.console.aws.amazon.com/s3/object/{bucket}?region={region}&prefix={quote(key)}"

    return locate


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return _cell("; ".join(map(_describe, value)))
    if isinstance(value, int | float):
        return json.dumps(value)
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _describe(finding: Mapping[str, str]) -> str:
    """Return the requirement's text, with what the judge saw in parentheses."""
    return f"{finding['text']} ({finding['observed']})" if finding["observed"] else finding["text"]


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")
