"""Plan the batch of a manifest: write its items, its rejected lines and plan.json."""

from pathlib import PurePosixPath

from lambdas.core.batch.folder import put_file
from lambdas.core.batch.forecast import make_forecast
from lambdas.core.batch.manifest.manifest import read_manifest
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.refusal import refuse_unrunnable
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.batch.source import open_manifest, read_defaults
from lambdas.core.batch.state import BatchState
from lambdas.core.runtime.batch_paths import ITEMS, MAP_FOLDER, PLAN, REJECTED, SUMMARY
from lambdas.core.runtime.execution import BatchExecution
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder
from lambdas.plan.manifest import Manifest


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
    beside = f"s3://{manifest.bucket}/{manifest.key}".rpartition("/")[0]
    with (
        open_manifest(manifest.bucket, manifest.key) as (file, version),
        Plan(batch_id, settings(), batch_settings, generation, execution["name"], folder=beside) as plan,
    ):
        entries = read_manifest(file, ending)
        plan.add_lines(entries)
        put_file(folder, REJECTED, plan.rejected, "application/x-ndjson")
        refuse_unrunnable(plan, batch_settings, settings())
        put_file(folder, ITEMS, plan.items, "application/json")
    forecast = make_forecast(plan.counts, batch_settings)
    batch: BatchState = {
        "id": batch_id,
        "bucket": folder.bucket,
        "items_key": folder.key(ITEMS),
        "map_prefix": folder.key(MAP_FOLDER),
        "max_concurrency": forecast["max_concurrency"],
        "items": plan.counts.items,
        "generation": generation,
    }
    folder.write_json(
        PLAN,
        {
            "execution": execution["id"],
            "manifest": {"bucket": manifest.bucket, "key": manifest.key, **version},
            "rerun": batch_settings.rerun,
            **forecast,
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
