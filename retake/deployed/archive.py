"""Past runs and batches of a deployed stack: list them, and find one by its name. Twin of `laptop/archive.py`.

S3 cannot sort by time, so the list is that of the executions, of which Step Functions returns the newest first and keeps
90 days. Names are looked up in S3, which keeps records for as long as the bucket does.
"""

import heapq
import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.request.batch_item import BATCH_ID, batch_id_of, make_run_id
from lambdas.core.request.place import DEFAULT_PREFIX
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, MANIFEST_FOLDER, RESULTS_JSONL, SUMMARY
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.records import RESULT, folder_of
from retake.deployed.aws import Aws, errors_of
from retake.deployed.execution import Execution
from retake.deployed.records import StackFolder
from retake.deployed.stack import DeployedStack
from retake.view.archive import Kind, Sheet
from retake.view.batch_rows import parse_rows
from retake.view.errors import BadInputError
from retake.view.listing import RUNNING, Listing, Row, batch_row, run_row
from retake.view.names import CUT, LAST, choose_name

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef

# AWS: DescribeExecution allows 15 calls a second after a burst of 300 to 500.
_READERS = 8
# AWS: at most 1,000 executions a page.
_PAGE_EXECUTIONS = 1_000
_NEAR = 100
"""The number of newest executions among which the nearest name is looked for."""
# Of runs, batches and executions. AWS takes more characters for executions, but those of Retake have only these.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True)
class StackEntry:
    """The folder of a run or a batch."""

    kind: Kind
    name: str
    folder: StackFolder
    aws: Aws

    @property
    def when(self) -> datetime | None:
        """When its result was written; None if there is none."""
        return self.folder.written_at(SUMMARY if self.kind == "batch" else RESULT)

    def describe_unfinished(self, plan: dict[str, Any]) -> None:
        """Return None: the records of all items would have to be read."""

    def sheet(self, download: Path | None) -> Sheet:
        """Return a copy of its sheet that links to S3, or with `download` one that links to the files in that folder.

        Raises:
            BadInputError: there is no sheet, or the folder cannot be written to.
            StackError: S3 refuses a file.
        """
        from retake.deployed.sheet import copy_sheet, download_sheet

        return copy_sheet(self) if download is None else download_sheet(self, download)


class StackArchive:
    """The past runs and batches of a deployed stack.

    Raises:
        StackError: there is no such stack, or a call to AWS failed; raised by every method.
    """

    def __init__(self, name: str, region: str | None) -> None:
        self.stack = DeployedStack(name, region)
        self._bucket = self.stack.output("BucketName")
        self._machines: dict[Kind, str] = {
            "run": self.stack.output("StateMachineArn"),
            "batch": self.stack.output("BatchStateMachineArn"),
        }

    @property
    def place(self) -> str:
        """The stack's name in messages."""
        return f"the stack {self.stack.name!r} in {self.stack.aws.region}"

    def rows(self, limit: int, batch_id: str | None = None) -> Listing:
        """Return the rows of the newest executions. A run or batch that was resumed is one row, that of its newest execution.

        batch_id: list the items of this batch, from its results.
        """
        if batch_id is not None:
            return self._items(limit, batch_id)
        executions = list(itertools.islice(self._executions(), limit + 1))
        with ThreadPoolExecutor(_READERS) as readers:
            rows = list(readers.map(self._row, executions[:limit]))
        newest = {(row.kind, row.id): row for row in reversed(rows)}
        older = (
            f"older executions are not shown; give a higher --limit than {limit}" if len(executions) > limit else None
        )
        return Listing(sorted(newest.values(), key=lambda row: row.when, reverse=True), older)

    def find(self, name: str) -> StackEntry:
        """Return the run or batch with this name, this unique beginning of a name, or the newest for `last`.

        A name is a run id, the name of a run's or batch's execution, or a batch id.

        Raises:
            BadInputError: there is none, or the beginning fits several.
        """
        if name == LAST:
            newest = next(self._executions(), None)
            if newest is None:
                raise BadInputError(f"{self.place} has no executions of the last 90 days")
            return self._entry(*newest)
        beginning = name.partition(CUT)[0]
        if not _NAME.fullmatch(beginning):
            return self._unknown(name)
        if beginning == name and (entry := self._named(name)):
            return entry
        batches, runs = self._beginning(BATCH_FOLDER, beginning), self._beginning(DEFAULT_PREFIX, beginning)
        if not batches and not runs:
            return self._unknown(name)
        found = choose_name(name, [*batches, *runs], self.place)
        return self._batch(found) if found in batches else self._run(found)

    def _named(self, name: str) -> StackEntry | None:
        """Return the run or batch with exactly this name."""
        if self._exists(f"{BATCH_FOLDER}/{name}/") and BATCH_ID.fullmatch(name):
            return self._batch(name)
        if self._exists(f"{DEFAULT_PREFIX}/{name}/"):
            return self._run(name)
        for kind, machine in self._machines.items():
            if execution := Execution.find(self.stack.aws.stepfunctions, machine, name):
                return self._entry(kind, execution.arn)
        return None

    def _unknown(self, name: str) -> StackEntry:
        known = [arn.rpartition(":")[2] for _, arn in itertools.islice(self._executions(), _NEAR)]
        # A known beginning was looked for in S3 already, so this always raises.
        return self._run(choose_name(name, known, self.place))

    def _batch(self, batch_id: str) -> StackEntry:
        return self._at("batch", self._bucket, BATCH_FOLDER, batch_id)

    def _run(self, run_id: str) -> StackEntry:
        return self._at("run", self._bucket, DEFAULT_PREFIX, run_id)

    def _at(self, kind: Kind, bucket: str, prefix: str, name: str) -> StackEntry:
        # The name is part of paths on this machine, and an execution's input may hold anything.
        if not _NAME.fullmatch(name):
            raise BadInputError(
                f"{self.place}: {format_value(name)} cannot be the id of a {kind}, so it has no records"
            )
        return StackEntry(kind, name, StackFolder(bucket, prefix, name, self.stack.aws.s3), self.stack.aws)

    def _entry(self, kind: Kind, arn: str) -> StackEntry:
        """Return the run or batch of an execution."""
        execution = Execution(self.stack.aws.stepfunctions, arn)
        event = execution.input()
        if kind == "batch":
            return self._batch(self._batch_id(event, execution.name))
        outcome = execution.outcome()
        result = (outcome.result_or_summary() if outcome else None) or {}
        if isinstance(uri := result.get("result_s3_uri"), str):
            return self._at("run", *folder_of(uri))
        bucket, run_id = event.get("output_s3_bucket_name") or self._bucket, str(event.get("run_id") or execution.name)
        # Only a result proves that the deployment may write there. A sheet of somebody else's bucket must not be opened.
        if bucket != self._bucket:
            raise BadInputError(
                f"{self.place}: the execution {execution.name!r} has no result, and its event names the bucket "
                f"{format_value(bucket)}, which is not the stack's; look for its records there yourself"
            )
        return self._at("run", bucket, str(event.get("output_s3_key_prefix") or DEFAULT_PREFIX).strip("/"), run_id)

    def _batch_id(self, event: dict[str, Any], name: str) -> str:
        try:
            return batch_id_of(str(event.get("bucket") or self._bucket), str(event.get("key")))
        except InvalidRequestError:
            # The execution ended as REFUSED, without a folder.
            return name

    def _exists(self, prefix: str) -> bool:
        return bool(self._list(prefix, 1).get("Contents"))

    def _beginning(self, folder: str, name: str) -> list[str]:
        """Return the names in the folder that begin so, without the items of batches; 1,000 at most."""
        found = self._list(f"{folder}/{name}", _PAGE_EXECUTIONS, Delimiter="/").get("CommonPrefixes", [])
        names = [one["Prefix"].removesuffix("/").rpartition("/")[2] for one in found]
        return [one for one in names if f"{folder}/{one}" != MANIFEST_FOLDER and ("--" not in one or "--" in name)]

    def _list(self, prefix: str, most: int, **options: Any) -> Any:
        with errors_of("s3", f"s3://{self._bucket}/{prefix}"):
            return self.stack.aws.s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=most, **options)

    def _executions(self) -> Iterator[tuple[Kind, str]]:
        """Yield the executions of both machines, the newest first."""
        listed = [self._list_executions(kind) for kind in self._machines]
        merged = heapq.merge(*listed, key=lambda one: one[1]["startDate"], reverse=True)
        return ((kind, found["executionArn"]) for kind, found in merged)

    def _list_executions(self, kind: Kind) -> "Iterator[tuple[Kind, ExecutionListItemTypeDef]]":
        machine = self._machines[kind]
        pages = self.stack.aws.stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=machine, PaginationConfig={"PageSize": _PAGE_EXECUTIONS}
        )
        with errors_of("states", machine):
            for page in pages:
                # AWS promises this order; sorting a page makes the emulator keep the promise.
                for found in sorted(page["executions"], key=lambda one: one["startDate"], reverse=True):
                    yield kind, found

    def _row(self, found: tuple[Kind, str]) -> Row:
        kind, arn = found
        name = arn.rpartition(":")[2]
        with errors_of("states", arn):
            execution = self.stack.aws.stepfunctions.describe_execution(executionArn=arn)
        outcome = Execution.outcome_of(execution)
        event = Execution.input_of(execution)
        when = execution.get("stopDate") or execution["startDate"]
        result = (outcome.result_or_summary() if outcome else None) or _without_result(outcome, event)
        if kind == "batch":
            batch_id = self._batch_id(event, name)
            return batch_row(batch_id, when, f"s3://{self._bucket}/{BATCH_FOLDER}/{batch_id}", result)
        run_id = str(result.get("run_id") or event.get("run_id") or name)
        prefix = str(event.get("output_s3_key_prefix") or DEFAULT_PREFIX).strip("/")
        folder = f"s3://{event.get('output_s3_bucket_name') or self._bucket}/{prefix}/{run_id}"
        return run_row(run_id, when, str(result.get("result_s3_uri") or folder).removesuffix(f"/{RESULT}"), result)

    def _items(self, limit: int, batch_id: str) -> Listing:
        entry = self.find(batch_id)
        body = entry.folder.read(RESULTS_JSONL) if entry.kind == "batch" else None
        if body is None:
            raise BadInputError(
                f"{self.place} has no results of a batch {batch_id!r}; a batch has them when it has ended"
            )
        when = entry.when or datetime.now(UTC)
        lines = body.splitlines()
        rows = [_item_row(entry, when, row) for row in parse_rows(entry.folder.s3_uri(RESULTS_JSONL), lines[:limit])]
        older = f"{len(lines) - limit:,} not shown; --limit {len(lines)} shows all" if len(lines) > limit else None
        return Listing(rows, older)


def _without_result(outcome: Any, event: dict[str, Any]) -> dict[str, Any]:
    """Return fields for the row of an execution that is running, or failed before it had a result."""
    if outcome is None:
        return {"status": RUNNING, "prompt": event.get("prompt")}
    why = f"{outcome.error or outcome.status}: {parse_cause(outcome.cause or '') or 'no reason given'}"
    return {"status": outcome.status, "prompt": event.get("prompt") or why, "message": why}


def _item_row(entry: StackEntry, when: datetime, row: dict[str, Any]) -> Row:
    # A rejected line may have no id.
    item_id = row.get("item_id")
    run_id = make_run_id(entry.name, str(item_id)) if item_id else f"line {row.get('line')}"
    address = str(row.get("report") or "").rpartition("/")[0]
    result = {**row, "cost": {"total_usd": row.get("cost_usd")}, "prompt": row.get("prompt") or row.get("message")}
    return run_row(run_id, when, address or entry.folder.s3_uri(""), result)
