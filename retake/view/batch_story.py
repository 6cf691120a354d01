"""A past batch: its totals, and each item without an accepted picture."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from lambdas.core.batch.statuses import batch_status_of
from lambdas.core.run.statuses import ACCEPTED, REJECTED_LINE
from lambdas.core.runtime.batch_paths import RESULTS_CSV
from retake.view.batch_ending import BatchEnding, format_batch_ending
from retake.view.batch_progress import format_plan
from retake.view.listing import RUNNING, UNFINISHED

_MAX_LISTED = 40


def format_batch_story(
    batch_id: str,
    folder: str,
    when: datetime | None,
    plan: dict[str, Any] | None,
    summary: dict[str, Any] | None,
    rows: Sequence[dict[str, Any]],
    rejected: Sequence[dict[str, Any]],
    pictures: str | None = None,
) -> Iterator[str]:
    """Yield the lines. Each argument after `when` is a record of the batch; None or empty if there is none.

    pictures: the folder of the chosen pictures; None if there is none on this machine.

    summary: for an unfinished batch on this machine, its plan with the counts and the cost so far.
    """
    yield f"batch    {batch_id}" + (f"  {when.astimezone():%Y-%m-%d %H:%M}" if when else "")
    if summary and summary["status"] in (RUNNING, UNFINISHED):
        yield from _format_unfinished(batch_id, summary)
    elif summary and batch_status_of(summary).has_results:
        yield from format_batch_ending(BatchEnding(summary, pictures=pictures), f"{folder}/{RESULTS_CSV}")
    elif summary:
        yield f"{summary['status']}  {summary['message']}"
    elif plan:
        yield f"no summary yet: it still works, or was interrupted; {format_plan(plan)}"
    failed = [row for row in rows if row["status"] not in (ACCEPTED.name, REJECTED_LINE)]
    bad = [row for row in rows if row["status"] == REJECTED_LINE] or rejected
    lines = [f"{row['item_id']}  {row['status']}  {_reason(row)}" for row in failed]
    lines += [f"line {row.get('line', '?')}  {REJECTED_LINE}  {row.get('reason') or row.get('message')}" for row in bad]
    yield from lines[:_MAX_LISTED]
    if len(lines) > _MAX_LISTED:
        yield f"{len(lines) - _MAX_LISTED} more in {folder}/{RESULTS_CSV}"


def _format_unfinished(batch_id: str, so_far: dict[str, Any]) -> Iterator[str]:
    ended = sum(so_far[name] for name in ("accepted", "not_accepted", "errors"))
    paid_usd = so_far["cost"]["total_usd"]
    paid = "" if paid_usd is None else f", ${paid_usd:.4f}"
    yield f"{so_far['status']}  {ended} of {so_far['items']} ended, {so_far['accepted']} accepted{paid}"
    yield format_plan(so_far)
    resume = "" if so_far["status"] == RUNNING else "run the same command again to resume it; "
    yield f"next     {resume}`retake list --batch {batch_id}` lists its items"


def _reason(row: dict[str, Any]) -> str:
    """Return what its best picture failed, else the message."""
    failed, uncertain = (map(_finding, row.get(name) or ()) for name in ("failed", "uncertain"))
    findings = [*failed, *(f"cannot tell: {text}" for text in uncertain)]
    return "; ".join(findings) or str(row.get("reason") or row.get("message") or "")


def _finding(check: Any) -> str:
    """Return a requirement with what was seen. Rows of an earlier release have only its id."""
    if not isinstance(check, dict):
        return str(check)
    return f"{check.get('text')} ({check['observed']})" if check.get("observed") else str(check.get("text"))
