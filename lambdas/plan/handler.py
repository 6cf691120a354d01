"""Plan a batch.

Event:  {"event": {"bucket": "...", "key": "batches/posters.jsonl", "sequencer": "..." (from the trigger only)},
         "execution": {"id": "arn:...", "name": "...", "started_at": "..."}}
Answer: {"next": "RUN", "batch": {"id", "bucket", "items_key", "map_prefix", "max_concurrency", "items", "generation"}}, or
        {"next": "DUPLICATE", "batch": {}, "summary": {...}}, or
        {"next": "WAIT", "batch": {}} (the batch is being run, and nobody would upload the file once more), or
        {"next": "REFUSED", "batch": {}, "error": "InvalidRequestError", "summary": {...}}
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from lambdas.core.batch.claim import claim_batch, claim_delivery
from lambdas.core.batch.manifest import read_manifest
from lambdas.core.batch.paths import ITEMS, MAP, PLAN, REJECTED, SUMMARY, batch_folder, batch_id_of, put_file
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.settings import BatchSettings, default_concurrency
from lambdas.core.batch.source import open_manifest, read_defaults
from lambdas.core.batch.statuses import DUPLICATE, REFUSED
from lambdas.core.batch.summary import refusal
from lambdas.core.catalogue.models import image_model
from lambdas.core.request.fields import Text, format_value, refuse_unknown
from lambdas.core.runtime import metrics
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder

# Each wait of 5 minutes writes 9 events into the execution's history, which AWS ends at 25,000.
_LONGEST_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class _Manifest:
    bucket: str
    key: str
    sequencer: str | None

    @classmethod
    def of(cls, event: Any) -> "_Manifest":
        if not isinstance(event, dict):
            raise InvalidRequestError(
                f"event: {format_value(event)} is not a JSON object; give one with bucket and key"
            )
        known = {"bucket": Text(63), "key": Text(1_024), "sequencer": Text(100)}
        refuse_unknown("", event, known)
        given = {name: field.check(name, event[name]) for name, field in known.items() if event.get(name) is not None}
        if "key" not in given:
            raise InvalidRequestError("key: is missing; name the manifest's object in S3")
        allowed = (settings().bucket, *settings().extra_buckets)
        bucket = given.setdefault("bucket", settings().bucket)
        if bucket not in allowed:
            raise InvalidRequestError(
                f"bucket: this deployment does not read {format_value(bucket)}; give {' or '.join(allowed)}"
            )
        return cls(bucket, given["key"], given.get("sequencer"))


@log_invocation("plan")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Claim the file if the trigger sent it, check every line, and write the items."""
    execution = event["execution"]
    try:
        manifest = _Manifest.of(event["event"])
        batch_id = batch_id_of(manifest.bucket, manifest.key)
    except InvalidRequestError as fault:
        return _refused(refusal(None, execution["id"], str(fault)))
    folder = batch_folder(batch_id)
    delivery = manifest.sequencer
    if delivery and not claim_delivery(folder, manifest.bucket, manifest.key, delivery, execution["id"]):
        return {"next": "DUPLICATE", "batch": {}, "summary": {"status": DUPLICATE.name, "batch_id": batch_id}}
    if not claim_batch(folder, execution["id"]):
        if delivery and _may_wait(execution["started_at"]):
            return {"next": "WAIT", "batch": {}}
        said = f"batch: {batch_id} is being run by another execution; start it again when that one has ended"
        return _refused(refusal(batch_id, execution["id"], said))
    try:
        return {"next": "RUN", "batch": _planned(manifest, batch_id, folder, execution)}
    except InvalidRequestError as fault:
        counts = fault.counts if isinstance(fault, _RefusedError) else {}
        ended = (folder.read_json(SUMMARY) or {}).get("generation", 0)
        summary = refusal(batch_id, execution["id"], str(fault)) | counts | {"generation": ended}
        folder.write_json(SUMMARY, summary)
        return _refused(summary)


def _may_wait(started_at: str) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(started_at) < _LONGEST_WAIT


class _RefusedError(InvalidRequestError):
    """The lines were read, and the batch is not to run."""

    def __init__(self, message: str, counts: dict[str, Any]) -> None:
        super().__init__(message)
        self.counts = counts


def _planned(manifest: _Manifest, batch_id: str, folder: RunFolder, execution: dict[str, Any]) -> dict[str, Any]:
    batch_settings = BatchSettings.parse(read_defaults(manifest.bucket, manifest.key), settings())
    generation = _generation(folder, batch_settings.rerun)
    ending = PurePosixPath(manifest.key).suffix.lower()
    with (
        open_manifest(manifest.bucket, manifest.key) as (file, version),
        Plan(batch_id, settings(), batch_settings, generation, execution["name"]) as plan,
    ):
        plan.add_lines(read_manifest(file, ending))
        put_file(folder, REJECTED, plan.rejected, "application/x-ndjson")
        counts = plan.counts.to_record()
        _refuse_what_may_not_run(counts, batch_settings)
        put_file(folder, ITEMS, plan.items, "application/json")
    models = [image_model(model_id) for model_id in counts["image_model_ids"]]
    batch = {
        "id": batch_id,
        "bucket": folder.bucket,
        "items_key": folder.key(ITEMS),
        "map_prefix": folder.key(MAP).removesuffix("/"),
        "max_concurrency": min(batch_settings.max_concurrency or default_concurrency(models), counts["items"]),
        "items": counts["items"],
        "generation": generation,
    }
    folder.write_json(
        PLAN,
        {
            "execution": execution["id"],
            "manifest": {"bucket": manifest.bucket, "key": manifest.key, **version},
            "rerun": batch_settings.rerun,
            "max_cost_usd": batch_settings.max_cost_usd,
            **counts,
            "batch": batch,
        },
    )
    return batch


def _refuse_what_may_not_run(counts: dict[str, Any], batch_settings: BatchSettings) -> None:
    told = {name: counts[name] for name in ("lines", "rejected", "skipped")}
    if batch_settings.strict and counts["rejected"]:
        raise _RefusedError(
            f"strict: {counts['rejected']} of {counts['lines']} lines cannot be used; mend those in rejected.jsonl",
            told,
        )
    if not counts["lines"]:
        raise _RefusedError("manifest: holds no request; give a line, an element or a row for each", told)
    if not counts["items"]:
        raise _RefusedError("manifest: no line of it can be run; see rejected.jsonl", told)
    least_usd, ceiling_usd = counts["one_attempt_each_usd"], batch_settings.max_cost_usd
    if least_usd > ceiling_usd:
        most_usd = settings().max_cost_usd_per_batch
        whose = (
            "batch_max_cost_usd" if ceiling_usd < most_usd else "max_cost_usd_per_batch (a setting of the deployment)"
        )
        raise _RefusedError(
            f"{whose}: {ceiling_usd:g} does not cover one attempt for each of {counts['items']} items; give at least "
            f"{least_usd + 5e-5:.4f}",
            told,
        )


def _generation(folder: RunFolder, rerun: str) -> int:
    """Which generation of records the batch uses: a new one for `rerun: all`, unless the last such has not ended yet."""
    last = folder.read_json(PLAN)
    if last is None:
        return 1
    generation = int(last["batch"]["generation"])
    ended = (folder.read_json(SUMMARY) or {}).get("generation", 0) >= generation
    return generation + 1 if rerun == "all" and ended else generation


def _refused(summary: dict[str, Any]) -> dict[str, Any]:
    # A file that was dropped has nobody who waits for its answer.
    metrics.emit({"BatchesRefused": 1}, batch_id=summary["batch_id"])
    return {"next": "REFUSED", "batch": {}, "error": REFUSED.error, "summary": summary}
