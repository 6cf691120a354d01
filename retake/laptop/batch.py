"""A batch on this machine: execute it to its end, or until Ctrl-C, and read its summary."""

import json
from dataclasses import replace
from typing import Any, cast

from lambdas.core.money.budget import read_spent_usd
from lambdas.core.request.batch_item import batch_key
from lambdas.core.runtime.batch_paths import PLAN, SUMMARY
from retake.emulator.environment import NoCredentialsError
from retake.laptop.batch_pictures import collect_pictures
from retake.laptop.batch_plan import BatchPlan
from retake.laptop.batch_table import rewrite_table
from retake.laptop.cloud import start_cloud
from retake.laptop.locks import lock_batch
from retake.view.batch_ending import BatchEnding, read_batch_ending
from retake.view.batch_progress import BatchView, BatchWatch


def execute_batch(plan: BatchPlan, view: BatchView) -> BatchEnding:
    """Run the batch to its end, and return how it ended.

    Ctrl-C (`KeyboardInterrupt`) stops it after the calls in flight. Items that have ended keep their records.

    Raises:
        InUseError: another process runs the batch, or one of its items, in this folder. Two would pay for items twice.
    """
    watch = BatchWatch(plan.batch_id, view)
    try:
        with lock_batch(plan), start_cloud(plan, on_object=watch.on_object) as cloud:
            cloud.restore_batch(plan.batch_id)
            s3, bucket, manifest = cloud.clients.s3, plan.settings.bucket, plan.manifest
            with manifest.path.open("rb") as file:
                s3.put_object(Bucket=bucket, Key=manifest.key, Body=file)
            if manifest.defaults is not None:
                s3.put_object(Bucket=bucket, Key=manifest.defaults_key, Body=manifest.defaults_body)
            execution = cloud.start("batch", plan.execution_name, {"bucket": bucket, "key": manifest.key})
            try:
                ending = read_batch_ending(cloud.wait(execution), lambda: _read_summary(plan))
                if not ending.has_results:
                    return ending
                rewrite_table(cloud.folder, plan.folder)
                return replace(ending, pictures=str(collect_pictures(cloud.folder, plan.folder)))
            except KeyboardInterrupt:
                view.line("interrupted: stopping after the calls in flight (Ctrl-C again to quit at once)")
                cloud.stop(execution)
                cloud.wait(execution)
                return BatchEnding(None, is_interrupted=True, spent_usd=_spent_usd(plan))
    except NoCredentialsError as error:
        return BatchEnding(None, error=str(error))


def _read_summary(plan: BatchPlan) -> dict[str, Any] | None:
    path = plan.folder / SUMMARY
    return cast(dict[str, Any], json.loads(path.read_bytes())) if path.exists() else None


def _spent_usd(plan: BatchPlan) -> float:
    """Return the batch's cost so far, in this process and in earlier ones."""
    path = plan.folder / PLAN
    if not path.exists():
        return 0.0
    batch = json.loads(path.read_bytes())["batch"]
    return read_spent_usd(batch_key(batch["id"], batch["generation"]))
