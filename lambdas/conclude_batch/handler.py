"""Conclude a batch, however its map ended.

Event:  {"batch": {"id": "posters-0a1b2c3d", ...}, "map_run": {"failures": [], "results_key": "batch/.../manifest.json"},
         "fault": null, "execution": {"id": "arn:...", "name": "posters-1", "started_at": "2026-11-21T06:00:00Z"}}
Answer: {"summary": {"status": "NOT_ALL_ACCEPTED", ...}, "error": "BatchNotAccepted"}
"""

from typing import Any

from lambdas.conclude_batch.announce import announce
from lambdas.conclude_batch.contract import ConcludeBatchAnswer, ConcludeBatchEvent
from lambdas.conclude_batch.metrics import emit
from lambdas.conclude_batch.results import write_results
from lambdas.conclude_batch.sheet import open_sheet, write_sheet
from lambdas.core.batch.folder import batch_folder
from lambdas.core.batch.rows import read_rows
from lambdas.core.batch.spending import read_batch_cost
from lambdas.core.batch.statuses import batch_status_of
from lambdas.core.batch.summary import summarize
from lambdas.core.runtime.batch_paths import PLAN, SUMMARY
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.runtime.records import REPORT


@log_invocation("conclude_batch")
def handler(event: ConcludeBatchEvent, context: Any) -> ConcludeBatchAnswer:
    """Write the results, the batch sheet and summary.json, announce the end on EventBridge, and emit the batch's metrics."""
    batch, fault = event["batch"], event["fault"]
    folder = batch_folder(batch["id"])
    plan = folder.require_json(PLAN)
    sheet = open_sheet(folder, plan)
    rows = sheet.gather(read_rows(folder, batch["items_key"], event["map_run"], fault))
    tally = write_results(folder, rows, plan.get("extra_columns", ()))
    summary = summarize(plan, tally, read_batch_cost(batch, tally.cost_usd), event["execution"], fault)
    summary["report_s3_uri"] = write_sheet(folder, sheet, summary)
    summary["report_url"] = folder.url(REPORT) if summary["report_s3_uri"] else None
    folder.write_json(SUMMARY, summary)
    announce(folder, summary)
    # Metrics come last, because they cannot be taken back. After an earlier error, the function is invoked again.
    emit(summary)
    return {"summary": summary, "error": batch_status_of(summary).error}
