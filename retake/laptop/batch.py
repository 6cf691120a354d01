"""A batch on this machine: execute it to its end, or until Ctrl-C, and read its summary."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from lambdas.conclude.contract import ConcludeEvent
from lambdas.core.run.state import ACCEPTED_BEFORE
from lambdas.core.runtime.batch_paths import SUMMARY
from retake.emulator.cloud import LocalCloud
from retake.emulator.environment import NoCredentialsError
from retake.emulator.patches.lambda_api import Handler
from retake.inputs.manifest_pictures import pictures_beside
from retake.laptop.batch_pictures import collect_pictures
from retake.laptop.batch_plan import BatchPlan
from retake.laptop.cloud import start_cloud
from retake.laptop.disk import Disk
from retake.laptop.locks import lock_batch
from retake.laptop.records import LocalFolder
from retake.view.batch_ending import BatchEnding, read_batch_ending
from retake.view.batch_progress import BatchView, BatchWatch
from retake.view.outcome import Outcome

_FAULT_CHECK_S = 0.2


def execute_batch(plan: BatchPlan, view: BatchView, remaining: dict[str, Any] | None = None) -> BatchEnding:
    """Run the batch to its end, and return how it ended.

    remaining: the fields of the estimate without the items that are accepted already, for a batch that began earlier.

    Ctrl-C (`KeyboardInterrupt`) stops it after the calls in flight. Items that have ended keep their records.

    Raises:
        KeyboardInterrupt: interrupted before the batch was started.
        CorruptRecordError: a record of an earlier process is not JSON.
        InUseError: another process runs the batch, or one of its items, in this folder. Two would pay for items twice.
    """
    watch, disk = BatchWatch(plan.batch_id, view, remaining), Disk(plan.out)
    try:
        ending = _execute(plan, view, watch, disk)
    except NoCredentialsError as error:
        ending = BatchEnding(None, error=str(error))
    except OSError as error:
        ending = BatchEnding(None, error=f"{type(error).__name__}: {error}")
    return replace(ending, lost=disk.lost)


def _execute(plan: BatchPlan, view: BatchView, watch: BatchWatch, disk: Disk) -> BatchEnding:
    with (
        lock_batch(plan),
        start_cloud(plan, on_object=watch.on_object, handler_of=partial(_handler_of, watch, disk)) as cloud,
    ):
        cloud.restore_batch(plan.batch_id, watch.on_restored)
        s3, bucket, manifest = cloud.clients.s3, plan.settings.bucket, plan.manifest
        with manifest.path.open("rb") as file:
            s3.put_object(Bucket=bucket, Key=manifest.key, Body=file)
        for path, key in pictures_beside(manifest):
            s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
        if manifest.defaults is not None:
            s3.put_object(Bucket=bucket, Key=manifest.defaults_key, Body=manifest.defaults_body)
        execution = None
        try:
            execution = cloud.start("batch", plan.execution_name, {"bucket": bucket, "key": manifest.key})
            outcome = _wait(cloud, execution, view, disk)
            if disk.fault:
                return BatchEnding(None, error=f"{type(disk.fault).__name__}: {disk.fault}")
            ending = read_batch_ending(outcome, lambda: _read_summary(plan))
            ending = replace(ending, reused=watch.reused, earlier_usd=watch.earlier_usd)
            if not ending.has_results:
                return ending
            return replace(ending, pictures=str(collect_pictures(cloud.folder, plan.folder)))
        except KeyboardInterrupt:
            if execution is None:
                raise
            view.line("interrupted: stopping after the calls in flight (Ctrl-C again to quit at once)")
            cloud.stop(execution)
            cloud.wait(execution)
            return BatchEnding(None, is_interrupted=True, spent_usd=watch.cost_usd)


def _wait(cloud: LocalCloud, execution: str, view: BatchView, disk: Disk) -> Outcome:
    """Wait for the end of the execution, and stop it when a file cannot be written."""
    while not disk.fault:
        with suppress(TimeoutError):
            return cloud.wait(execution, _FAULT_CHECK_S)
    view.line("a file cannot be written: stopping after the calls in flight")
    cloud.stop(execution)
    return cloud.wait(execution)


def _handler_of(watch: BatchWatch, disk: Disk, function: str) -> Handler:
    """Return the handler, guarded by the disk. Conclude also shows the items that were accepted before: it writes nothing for them."""
    handler = disk.handler_of(function)
    if function != "conclude":
        return handler

    def conclude(event: ConcludeEvent, context: Any) -> Any:
        answer = handler(event, context)
        if event["ending"] == ACCEPTED_BEFORE:
            watch.on_reused(answer["result"]["item_id"])
        return answer

    return conclude


def _read_summary(plan: BatchPlan) -> dict[str, Any] | None:
    return LocalFolder.at(plan.folder).read_json(SUMMARY)
