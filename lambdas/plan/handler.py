"""Plan a batch.

Event:  {"event": {"bucket": "pictures", "key": "batches/posters.jsonl", "sequencer": "0055AED6DCD90281E5"},
         "execution": {"id": "arn:...", "name": "posters-1", "started_at": "2026-11-21T06:00:00Z"}}
Answer: {"next": "RUN", "summary": null, "error": null,
         "batch": {"id": "posters-0a1b2c3d", "bucket": "pictures", "items_key": "...", "map_prefix": "...",
                   "max_concurrency": 12, "items": 700, "generation": 1}}
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.core.batch.claim import claim_batch, claim_delivery
from lambdas.core.batch.folder import batch_folder
from lambdas.core.batch.refusal import RefusedBatchError
from lambdas.core.batch.statuses import DUPLICATE, REFUSED
from lambdas.core.batch.summary import refusal
from lambdas.core.request.batch_item import batch_id_of
from lambdas.core.runtime import metrics
from lambdas.core.runtime.batch_paths import SUMMARY
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.execution import check_event
from lambdas.core.runtime.observability import log_invocation
from lambdas.plan.contract import PlanAnswer, PlanEvent
from lambdas.plan.manifest import parse_manifest
from lambdas.plan.plan_batch import plan_batch

# AWS: an execution ends when its history reaches 25,000 events. Each wait of 5 minutes writes 9 of them.
_LONGEST_WAIT = timedelta(days=7)


@log_invocation("plan")
def handler(event: PlanEvent, context: Any) -> PlanAnswer:
    """Claim the file if its upload started the batch, check every line, and write the items."""
    execution = check_event(event, "id", "name", "started_at")["execution"]
    try:
        manifest = parse_manifest(event["event"])
        batch_id = batch_id_of(manifest.bucket, manifest.key)
    except InvalidRequestError as fault:
        return _refuse(refusal(None, execution["id"], str(fault)))
    folder = batch_folder(batch_id)
    delivery = manifest.sequencer
    if delivery and not claim_delivery(folder, manifest.bucket, manifest.key, delivery, execution["id"]):
        summary = {"status": DUPLICATE.name, "batch_id": batch_id}
        return {"next": "DUPLICATE", "batch": None, "summary": summary, "error": None}
    if not claim_batch(folder, execution["id"]):
        if delivery and _may_wait(execution["started_at"]):
            # The batch is already running. Nobody will upload the file again.
            return {"next": "WAIT", "batch": None, "summary": None, "error": None}
        message = f"batch: {batch_id} is being run by another execution; start it again when that one has ended"
        return _refuse(refusal(batch_id, execution["id"], message))
    try:
        batch = plan_batch(manifest, batch_id, folder, execution)
    except InvalidRequestError as fault:
        counts = fault.counts if isinstance(fault, RefusedBatchError) else {}
        last_ended = (folder.read_json(SUMMARY) or {}).get("generation", 0)
        summary = refusal(batch_id, execution["id"], str(fault)) | counts | {"generation": last_ended}
        folder.write_json(SUMMARY, summary)
        return _refuse(summary)
    return {"next": "RUN", "batch": batch, "summary": None, "error": None}


def _may_wait(started_at: str) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(started_at) < _LONGEST_WAIT


def _refuse(summary: dict[str, Any]) -> PlanAnswer:
    # Nobody waits for the answer to an upload, so a metric raises an alarm.
    metrics.emit({"BatchesRefused": 1}, batch_id=summary["batch_id"])
    return {"next": "REFUSED", "batch": None, "summary": summary, "error": REFUSED.error}
