"""A batch on a deployed stack: upload and start it, follow it to its end, and read its summary."""

from dataclasses import dataclass
from typing import Any

from lambdas.core.request.batch_item import Batch, batch_id_of
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, PLAN, RESULTS_CSV, SUMMARY
from retake.deployed.aws import StackError, errors_of
from retake.deployed.batch_plan import BatchPlan
from retake.deployed.execution import Execution
from retake.deployed.polling import Pace
from retake.deployed.records import StackFolder
from retake.deployed.stack import DeployedStack
from retake.inputs.manifest import Manifest
from retake.inputs.manifest_pictures import pictures_beside
from retake.view.batch_ending import BatchEnding, read_batch_ending
from retake.view.batch_progress import BatchView, Counts

_SHORTEST_POLL_S, _LONGEST_POLL_S = 1.0, 5.0
# A smaller manifest is uploaded before anyone could read the line that announces it.
_LARGE_BYTES = 8_000_000
_MB = 1_000_000


@dataclass(frozen=True)
class FollowedBatch:
    """A batch that was followed to its end."""

    ending: BatchEnding
    results_uri: str
    """The `s3://` address of results.csv."""


def upload_manifest(stack: DeployedStack, manifest: Manifest, view: BatchView) -> None:
    """Put the manifest, its defaults and the source pictures beside it into the stack's bucket. This starts nothing.

    Raises:
        StackError: S3 refuses them.
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

    for picture, picture_key in pictures_beside(manifest):
        view.step(f"uploading {picture.name}")
        with errors_of("s3", f"s3://{bucket}/{picture_key}"):
            stack.aws.s3.upload_file(str(picture), bucket, picture_key)
    # Empty defaults too: they replace those of an earlier upload.
    with errors_of("s3", f"s3://{bucket}/{manifest.defaults_key}"):
        stack.aws.s3.put_object(Bucket=bucket, Key=manifest.defaults_key, Body=manifest.defaults_body)
    with path.open("rb") as file, errors_of("s3", f"s3://{bucket}/{key}"):
        stack.aws.s3.upload_fileobj(file, bucket, key, Callback=on_sent)


def start_batch(stack: DeployedStack, plan: BatchPlan) -> Execution:
    """Start the batch of an uploaded manifest.

    Raises:
        StackError: the stack has no batch machine, or Step Functions refuses the start.
    """
    event = {"bucket": stack.output("BucketName"), "key": plan.manifest.key}
    machine_arn = stack.output("BatchStateMachineArn")
    return Execution.start(stack.aws.stepfunctions, machine_arn, plan.execution_name, event)


def follow_batch(stack: DeployedStack, execution: Execution, view: BatchView) -> FollowedBatch:
    """Report the number of ended items to the view until the batch has ended. Ctrl-C stops the following, not the batch.

    Raises:
        InvalidRequestError: the execution's input names no manifest.
        StackError: the stack lacks an output, or a call to AWS failed.
    """
    table, bucket, event = stack.output("BatchTableName"), stack.output("BucketName"), execution.input()
    batch_id = batch_id_of(str(event.get("bucket") or bucket), str(event.get("key")))
    records = StackFolder(bucket, BATCH_FOLDER, batch_id, stack.aws.s3)
    view.step("planning")
    pace, counter = Pace(_SHORTEST_POLL_S, _LONGEST_POLL_S), None
    while True:
        outcome = execution.outcome()
        if counter is None and (plan := _read_plan(records, execution)):
            view.plan(plan)
            counter = _Counter(stack, table, execution, plan)
        has_changed = counter.report(view) if counter else False
        if outcome:
            ending = read_batch_ending(outcome, lambda: _read_summary(records, execution))
            return FollowedBatch(ending, records.s3_uri(RESULTS_CSV))
        pace.wait(has_changed=has_changed)


def _read_summary(records: StackFolder, execution: Execution) -> dict[str, Any] | None:
    """Return summary.json, or None if there is none, or a later execution of the same batch has overwritten it."""
    summary = records.read_json(SUMMARY)
    return summary if summary and summary["execution"] == execution.arn else None


def _read_plan(records: StackFolder, execution: Execution) -> dict[str, Any] | None:
    """Return plan.json, or None until this execution has written it. Only the progress depends on it."""
    try:
        plan = records.read_json(PLAN)
    except StackError as error:
        # AWS: without s3:ListBucket, S3 answers 403 for a missing key.
        if error.code == "AccessDenied":
            return None
        raise
    return plan if plan and plan.get("execution") == execution.arn else None


class _Counter:
    """The numbers of ended and accepted items and the cost so far, in two entries of the stack's table."""

    def __init__(self, stack: DeployedStack, table: str, execution: Execution, plan: dict[str, Any]) -> None:
        self._dynamodb = stack.aws.dynamodb
        self._table = table
        self._items: int = plan["items"]
        self._batch = Batch(
            id=plan["batch"]["id"],
            max_cost_usd=plan["max_cost_usd"],
            generation=plan["batch"]["generation"],
            execution=execution.name,
        )
        self._counts: Counts | None = None
        self._has_failed = False

    def report(self, view: BatchView) -> bool:
        """Report the counts to the view if they have changed, and return whether they have."""
        try:
            ended, spent = self._numbers(self._batch.counter), self._numbers(self._batch.key)
        except StackError as error:
            if not self._has_failed:
                view.line(f"progress is not shown: {error}")
            self._has_failed = True
            return False
        counts = Counts(
            self._items,
            int(ended.get("items_ended", 0)),
            int(ended.get("items_accepted", 0)),
            cost_usd=spent.get("spent_usd", 0.0),
        )
        if counts == self._counts:
            return False
        self._counts = counts
        view.counts(counts)
        return True

    def _numbers(self, entry: str) -> dict[str, float]:
        with errors_of("dynamodb", self._table):
            found = self._dynamodb.get_item(TableName=self._table, Key={"id": {"S": entry}})
        return {field: float(value["N"]) for field, value in found.get("Item", {}).items() if "N" in value}
