"""One batch of the real batch machine on this machine, from the manifest to its summary."""

import json
from typing import Any, cast

from lambdas.core.batch.paths import PLAN, SUMMARY
from lambdas.core.money.budget import read_spent_usd
from lambdas.core.request.batch_item import batch_key
from retake.emulator.bedrock import bedrock_at
from retake.emulator.cloud import LocalCloud
from retake.emulator.environment import NoCredentialsError
from retake.emulator.lock import locked
from retake.inputs.manifest_files import defaults_body
from retake.laptop.batch_plan import BatchPlan
from retake.view.batch_ending import BatchEnded, batch_ended
from retake.view.batch_progress import BatchView, BatchWatch


def run_batch(plan: BatchPlan, view: BatchView) -> BatchEnded:
    """Start the batch, wait for its end and read its summary.

    Ctrl-C (`KeyboardInterrupt`) stops it after the calls under way; every item that has ended keeps its record.

    Raises:
        FolderInUseError: another process runs the batch in this folder, and would pay for everything again.
    """
    watch = BatchWatch(plan.batch_id, view)
    try:
        with (
            locked(plan.folder),
            bedrock_at(plan.faults) as bedrock_url,
            LocalCloud(
                plan.out,
                bedrock_url=bedrock_url,
                settings_environment=plan.settings.to_environment(),
                log_path=plan.log_path,
                on_object=watch.on_object,
            ) as cloud,
        ):
            cloud.load_batch(plan.batch_id)
            s3, bucket = cloud.clients.s3, plan.settings.bucket
            with plan.manifest.open("rb") as manifest:
                s3.put_object(Bucket=bucket, Key=plan.key, Body=manifest)
            if plan.defaults is not None:
                s3.put_object(Bucket=bucket, Key=plan.defaults_key, Body=defaults_body(plan.defaults))
            execution = cloud.start("batch", plan.execution_name, {"bucket": bucket, "key": plan.key})
            try:
                return batch_ended(cloud.wait(execution), lambda: _summary(plan))
            except KeyboardInterrupt:
                view.line("interrupted: stopping after the calls under way (Ctrl-C again to leave at once)")
                cloud.stop(execution)
                cloud.wait(execution)
                return BatchEnded(None, is_interrupted=True, spent_usd=_spent_usd(plan))
    except NoCredentialsError as error:
        return BatchEnded(None, error=str(error))


def _spent_usd(plan: BatchPlan) -> float:
    """What the batch has paid so far, in this process and before."""
    path = plan.folder / PLAN
    if not path.exists():
        return 0.0
    batch = json.loads(path.read_bytes())["batch"]
    return read_spent_usd(batch_key(batch["id"], batch["generation"]))


def _summary(plan: BatchPlan) -> dict[str, Any] | None:
    path = plan.folder / SUMMARY
    return cast(dict[str, Any], json.loads(path.read_bytes())) if path.exists() else None
