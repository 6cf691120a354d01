"""Write results.jsonl and results.csv, with a row for each item."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable
from typing import Any

from lambdas.core.batch.folder import put_file
from lambdas.core.batch.manifest import to_json
from lambdas.core.batch.row import COLUMNS
from lambdas.core.batch.summary import Tally
from lambdas.core.runtime.batch_paths import RESULTS_CSV, RESULTS_JSONL
from lambdas.core.storage.run_folder import RunFolder

_IN_MEMORY_BYTES = 4 * 1024 * 1024


def write_results(folder: RunFolder, rows: Iterable[dict[str, Any]]) -> Tally:
    """Write both files in one pass over the rows, and return the totals.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    tally = Tally()
    with (
        tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as lines,
        tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as table,
    ):
        table.write(_csv_line(COLUMNS))
        for row in rows:
            tally.add(row)
            lines.write(to_json(row).encode() + b"\n")
            table.write(_csv_line([_cell(row.get(name)) for name in COLUMNS]))
        put_file(folder, RESULTS_JSONL, lines, "application/x-ndjson")
        put_file(folder, RESULTS_CSV, table, "text/csv; charset=utf-8")
    return tally


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, float):
        return json.dumps(value)
    text = "" if value is None else str(value)
    # Spreadsheets run a cell that begins with one of these characters as a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _csv_line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
