"""The locks of runs and batches in an output folder: only one process at a time pays for a run."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from retake.emulator.lock import batch_lock, lock, run_lock
from retake.laptop.batch_plan import BatchPlan
from retake.laptop.run_plan import RunPlan


@contextmanager
def lock_run(plan: RunPlan) -> Iterator[None]:
    """Hold the run's lock inside the block. For an item of a batch, its batch cannot run meanwhile, but other items can.

    Raises:
        InUseError: another process runs the run or its batch in this folder.
    """
    run_id, out = plan.request.run_id, plan.out
    batch_id, is_item, _ = run_id.partition("--")
    advice = "wait until it ends, or give another run_id or --out"
    with ExitStack() as locks:
        if is_item:
            refusal = f"{plan.source}: {{process}} is running the batch of the run {run_id!r} in {out}; {advice}"
            locks.enter_context(lock(out, batch_lock(batch_id), refusal, is_shared=True))
        refusal = f"{plan.source}: {{process}} is already running the run {run_id!r} in {out}; {advice}"
        locks.enter_context(lock(out, run_lock(run_id), refusal))
        yield


@contextmanager
def lock_batch(plan: BatchPlan) -> Iterator[None]:
    """Hold the batch's lock inside the block.

    Raises:
        InUseError: another process runs the batch, or an item of it, in this folder.
    """
    refusal = (
        f"{plan.manifest.path}: {{process}} is running it in {plan.out}; wait until it ends, or give another --out"
    )
    with lock(plan.out, batch_lock(plan.batch_id), refusal):
        yield
