"""A batch on a deployed stack: uploaded, started, and followed by two numbers of its table."""

from typing import Any

from lambdas.core.batch.paths import PLAN, PREFIX, RESULTS_CSV, SUMMARY, batch_id_of
from lambdas.core.request.batch_item import Batch
from retake.deployed.aws import StackError, errors_of
from retake.deployed.execution import Execution
from retake.deployed.manifest import CheckedManifest
from retake.deployed.polling import Pace
from retake.deployed.records import S3Records
from retake.deployed.stack import DeployedStack
from retake.inputs.manifest_files import defaults_body
from retake.view.batch_ending import BatchEnded, batch_ended
from retake.view.batch_progress import BatchView, Counts

_SHORTEST_POLL_S, _LONGEST_POLL_S = 1.0, 5.0
# A line for a pipe is worth it from here on; below, the upload is over before it is read.
_LARGE_BYTES = 8_000_000
_MB = 1_000_000


def upload(stack: DeployedStack, manifest: CheckedManifest, view: BatchView) -> None:
    """Put the defaults and the manifest into the stack's bucket, where they start nothing.

    Raises:
        StackError: S3 does not take them.
    """
    bucket, path, key = stack.output("BucketName"), manifest.path, manifest.key
    size_bytes = path.stat().st_size
    if size_bytes >= _LARGE_BYTES:
        view.line(f"uploading {path.name}, {size_bytes / _MB:.0f} MB")
    sent_bytes = 0

    def on_sent(more_bytes: int) -> None:
        nonlocal sent_bytes
        sent_bytes += more_bytes
        view.step(f"uploading {path.name}: {sent_bytes / _MB:.1f} of {size_bytes / _MB:.1f} MB")

    # Also where there are none: those of an earlier upload must not hold for this one.
    body = defaults_body(manifest.defaults)
    with errors_of("s3", f"s3://{bucket}/{manifest.defaults_key}"):
        stack.aws.s3.put_object(Bucket=bucket, Key=manifest.defaults_key, Body=body)
    with path.open("rb") as file, errors_of("s3", f"s3://{bucket}/{key}"):
        stack.aws.s3.upload_fileobj(file, bucket, key, Callback=on_sent)


def start_batch_on(stack: DeployedStack, manifest: CheckedManifest) -> Execution:
    """Start the batch of a manifest that was uploaded.

    Raises:
        StackError: the stack has no machine for it, or does not take it.
    """
    event = {"bucket": stack.output("BucketName"), "key": manifest.key}
    machine_arn = stack.output("BatchStateMachineArn")
    return Execution.start(stack.aws.stepfunctions, machine_arn, manifest.execution_name, event)


class StackBatch:
    """A batch that runs on a stack, or has ended there. `event` is what its execution was started with.

    Raises:
        StackError: the stack lacks an output (here), or AWS cannot be asked (`follow`).
    """

    def __init__(self, stack: DeployedStack, execution: Execution, event: dict[str, Any]) -> None:
        self._dynamodb = stack.aws.dynamodb
        self._execution = execution
        self._table = stack.output("BatchTableName")
        bucket = stack.output("BucketName")
        batch_id = batch_id_of(str(event.get("bucket") or bucket), str(event.get("key")))
        self._records = S3Records(stack.aws.s3, bucket, f"{PREFIX}/{batch_id}")
        self._counts: Counts | None = None
        self._has_fault = False

    @property
    def results_uri(self) -> str:
        """The address of results.csv."""
        return self._records.uri(RESULTS_CSV)

    def follow(self, view: BatchView) -> BatchEnded:
        """Tell the view how many items have ended, until the batch has. Ctrl-C interrupts the following only."""
        view.step("planning")
        pace, plan = Pace(_SHORTEST_POLL_S, _LONGEST_POLL_S), None
        while True:
            outcome = self._execution.outcome()
            if plan is None:
                plan = self._plan(self._execution.arn)
                if plan:
                    view.planned(plan)
            is_new = self._count(plan, view) if plan else False
            if outcome:
                return batch_ended(outcome, self._summary)
            pace.wait(something_new=is_new)

    def _summary(self) -> dict[str, Any] | None:
        """summary.json, while it is this execution's: a later one of the same batch writes it anew."""
        summary = self._records.read(SUMMARY)
        return summary if summary["execution"] == self._execution.arn else None

    def _plan(self, execution_arn: str) -> dict[str, Any] | None:
        """plan.json, once it is this execution's. Nothing rests on it but what is shown, so that it may be missing."""
        try:
            plan = self._records.read(PLAN)
        except StackError as error:
            # AWS: without s3:ListBucket, S3 answers 403 for what is not there yet.
            if error.code in ("NoSuchKey", "AccessDenied"):
                return None
            raise
        return plan if plan.get("execution") == execution_arn else None

    def _count(self, plan: dict[str, Any], view: BatchView) -> bool:
        """Tell the view how many have ended, if that has changed."""
        batch = Batch(
            id=plan["batch"]["id"],
            max_cost_usd=plan["max_cost_usd"],
            generation=plan["batch"]["generation"],
            execution=self._execution.name,
        )
        try:
            ended, spent = self._numbers(batch.counter), self._numbers(batch.key)
        except StackError as error:
            if not self._has_fault:
                view.line(f"not counted while it runs: {error}")
            self._has_fault = True
            return False
        counts = Counts(
            plan["items"],
            int(ended.get("items_ended", 0)),
            int(ended.get("items_accepted", 0)),
            spent.get("spent_usd", 0.0),
        )
        if counts == self._counts:
            return False
        self._counts = counts
        view.counted(counts)
        return True

    def _numbers(self, name: str) -> dict[str, float]:
        with errors_of("dynamodb", self._table):
            found = self._dynamodb.get_item(TableName=self._table, Key={"id": {"S": name}})
        return {field: float(value["N"]) for field, value in found.get("Item", {}).items() if "N" in value}
