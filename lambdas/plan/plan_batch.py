"""Plan the batch of a manifest: write its items, its rejected lines and plan.json."""

from pathlib import PurePosixPath
from typing import Any

from lambdas.core.batch.folder import put_file
from lambdas.core.batch.manifest import read_manifest
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.settings import BatchSettings, default_concurrency
from lambdas.core.batch.source import open_manifest, read_defaults
from lambdas.core.batch.state import BatchState
from lambdas.core.catalogue.models import image_model
from lambdas.core.runtime.batch_paths import ITEMS, MAP_FOLDER, PLAN, REJECTED, SUMMARY
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.execution import BatchExecution
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder
from lambdas.plan.manifest import Manifest


class RefusedBatchError(InvalidRequestError):
    """The lines were read, but the batch must not run."""

    def __init__(self, message: str, counts: dict[str, Any]) -> None:
        super().__init__(message)
        self.counts = {name: counts[name] for name in ("lines", "rejected", "skipped")}


def plan_batch(manifest: Manifest, batch_id: str, folder: RunFolder, execution: BatchExecution) -> BatchState:
    """Check every line; write the items, the rejected lines and plan.json.

    Raises:
        InvalidRequestError: the manifest or its defaults cannot be read.
        RefusedBatchError: the lines were read, but the batch must not run.
        RecordError: S3 failed (retried by the state machine).
    """
    batch_settings = BatchSettings.parse(read_defaults(manifest.bucket, manifest.key), settings())
    generation = _generation(folder, batch_settings.rerun)
    ending = PurePosixPath(manifest.key).suffix.lower()
    with (
        open_manifest(manifest.bucket, manifest.key) as (file, version),
        Plan(batch_id, settings(), batch_settings, generation, execution["name"]) as plan,
    ):
        entries = read_manifest(file, ending)
        plan.add_lines(entries)
        put_file(folder, REJECTED, plan.rejected, "application/x-ndjson")
        counts = plan.counts.to_record()
        _refuse_unrunnable(counts, batch_settings, plan.first_rejections)
        put_file(folder, ITEMS, plan.items, "application/json")
    models = [image_model(model_id) for model_id in counts["image_model_ids"]]
    batch: BatchState = {
        "id": batch_id,
        "bucket": folder.bucket,
        "items_key": folder.key(ITEMS),
        "map_prefix": folder.key(MAP_FOLDER),
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
            "extra_columns": list(entries.extra_columns),
            "warnings": entries.warnings,
            "batch": batch,
        },
    )
    return batch


def _generation(folder: RunFolder, rerun: str) -> int:
    """Return the generation of records that the batch uses.

    `rerun: all` starts a new generation, unless the previous one has not ended yet.
    """
    last = folder.read_json(PLAN)
    if last is None:
        return 1
    generation = int(last["batch"]["generation"])
    ended = (folder.read_json(SUMMARY) or {}).get("generation", 0) >= generation
    return generation + 1 if rerun == "all" and ended else generation


def _refuse_unrunnable(counts: dict[str, Any], batch_settings: BatchSettings, first_rejections: list[str]) -> None:
    if batch_settings.strict and counts["rejected"]:
        raise RefusedBatchError(
            f"strict: {counts['rejected']} of {counts['lines']} lines cannot be used; fix those in {REJECTED}",
            counts,
        )
    if not counts["lines"]:
        raise RefusedBatchError("manifest: holds no request; give a line, an element or a row for each", counts)
    if not counts["items"]:
        first = "; ".join(first_rejections)
        raise RefusedBatchError(f"manifest: no line can be run ({first}); all are in {REJECTED}", counts)
    least_usd, ceiling_usd = counts["one_attempt_each_usd"], batch_settings.max_cost_usd
    if least_usd > ceiling_usd:
        is_own = ceiling_usd < settings().max_cost_usd_per_batch
        ceiling = "batch_max_cost_usd" if is_own else "max_cost_usd_per_batch (a setting of the deployment)"
        raise RefusedBatchError(
            f"{ceiling}: {ceiling_usd:g} does not cover one attempt for each of {counts['items']} items; give at least "
            f"{least_usd + 5e-5:.4f}",
            counts,
        )
