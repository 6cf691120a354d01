"""Conclude a batch, however its map ended.

Event:  {"batch": {...} (Plan batch's answer), "map_run": {"failures": [...], "results_key": "..."}, "fault": {"error": "", "cause": ""},
         "execution": {"id": "arn:...", "name": "...", "started_at": "..."}}
Answer: {"summary": {...}}, and for an execution that is to fail {"summary": {...}, "error": "BatchNotAccepted"}
"""

import csv
import io
import json
import tempfile
from typing import Any

from lambdas.conclude_batch.announce import announce
from lambdas.conclude_batch.metrics import emit
from lambdas.core.batch.manifest import to_json
from lambdas.core.batch.outcome import read_rows
from lambdas.core.batch.paths import PLAN, RESULTS_CSV, RESULTS_JSONL, SUMMARY, batch_folder, put_file
from lambdas.core.batch.row import COLUMNS
from lambdas.core.batch.statuses import batch_status_of
from lambdas.core.batch.summary import Tally, summarize
from lambdas.core.runtime.observability import log_invocation

_IN_MEMORY_BYTES = 4 * 1024 * 1024


@log_invocation("conclude_batch")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write results.jsonl, results.csv and summary.json, tell EventBridge, and emit the batch's metrics."""
    batch, execution, fault = event["batch"], event["execution"], event["fault"]
    folder = batch_folder(batch["id"])
    plan = folder.need_json(PLAN)
    tally = Tally()
    with (
        tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as lines,
        tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as table,
    ):
        table.write(_csv(COLUMNS))
        for row in read_rows(folder, batch["items_key"], event["map_run"], fault):
            tally.add(row)
            lines.write(to_json(row).encode() + b"\n")
            table.write(_csv([_cell(row.get(name)) for name in COLUMNS]))
        put_file(folder, RESULTS_JSONL, lines, "application/x-ndjson")
        put_file(folder, RESULTS_CSV, table, "text/csv; charset=utf-8")
    summary = summarize(plan, tally, execution, fault)
    folder.write_json(SUMMARY, summary)
    announce(folder, summary)
    # Last, because a fault before it has this function invoked again, and metrics cannot be taken back.
    emit(summary)
    error = batch_status_of(summary).error
    return {"summary": summary, "error": error} if error else {"summary": summary}


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, float):
        return json.dumps(value)
    text = "" if value is None else str(value)
    # A spreadsheet would take a message that begins so for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _csv(cells: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
