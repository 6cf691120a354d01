"""Write results.jsonl and results.csv, with a row for each line of the manifest."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from lambdas.core.batch.folder import put_file
from lambdas.core.batch.manifest.manifest import to_json
from lambdas.core.batch.results_csv import write_results_csv
from lambdas.core.batch.summary import Tally
from lambdas.core.run.statuses import REJECTED_LINE
from lambdas.core.runtime.batch_paths import RESULTS_CSV, RESULTS_JSONL
from lambdas.core.storage.run_folder import RunFolder

_IN_MEMORY_BYTES = 4 * 1024 * 1024


def write_results(folder: RunFolder, rows: Iterable[dict[str, Any]], extra_columns: Iterable[str]) -> Tally:
    """Write both files in one pass over the rows, and return the totals of the items.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    tally = Tally()
    with (
        tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as lines,
        tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as table,
    ):
        for line in write_results_csv(_counted(rows, tally, lines), extra_columns):
            table.write(line)
        put_file(folder, RESULTS_JSONL, lines, "application/x-ndjson")
        put_file(folder, RESULTS_CSV, table, "text/csv; charset=utf-8")
    return tally


def _counted(rows: Iterable[dict[str, Any]], tally: Tally, lines: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the rows again. Count each item's, and write each as a JSON line."""
    for row in rows:
        if row["status"] != REJECTED_LINE:
            tally.add(row)
        lines.write(to_json(row).encode("utf-8", "replace") + b"\n")
        yield row
