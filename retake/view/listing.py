"""Past runs and batches as rows: one shape for the out folder and for a stack, and the table of `retake list`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.core.runtime.batch_paths import SUMMARY
from lambdas.core.runtime.records import RESULT
from retake.view.archive import Kind
from retake.view.outcome import INTERRUPTED
from retake.view.table import Column, format_table

RUNNING, UNFINISHED, UNREADABLE = "RUNNING", "UNFINISHED", "UNREADABLE"
"""The statuses of rows without a result: a process works on it; none does (interrupted); the record cannot be read."""

# `retake show` takes a cut id, of which the end differs most often.
_COLUMNS = (
    Column("when", rank=1),
    Column("status"),
    Column("prompt", least=10),
    Column("attempts", is_right=True, rank=3),
    Column("cost", is_right=True, rank=2),
    Column("id", least=10, kept_end=4),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One past run or batch."""

    kind: Kind
    id: str
    """The run id, or the batch id."""
    when: datetime
    """When it ended; when it began or was last worked on, if it has not ended."""
    status: str
    """The status in result.json or summary.json, one of those above, or INTERRUPTED."""
    prompt: str | None = None
    """None for a batch."""
    message: str | None = None
    attempts: int = 0
    revisions: int = 0
    cost_usd: float | None = None
    """None if it is not known."""
    engine: str | None = None
    counts: dict[str, int] | None = None
    """The numbers of a batch's items; None for a run."""
    folder: str
    """The path or `s3://` address of its folder."""

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON object. `when` is in UTC."""
        return {**asdict(self), "when": f"{self.when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


@dataclass(frozen=True)
class Listing:
    """The newest rows."""

    rows: list[Row]
    older: str | None = None
    """A line about the rows that were left out; None if none were."""


_COUNTS = ("lines", "items", "accepted", "not_accepted", "errors", "rejected", "skipped")


def _common_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a row that result.json and summary.json have alike."""
    cost = record.get("cost")
    return {
        "message": _text(record.get("message")),
        "attempts": int(_number(record.get("attempts")) or 0),
        "cost_usd": _number(cost.get("total_usd")) if isinstance(cost, Mapping) else None,
        "engine": _text(record.get("engine")),
    }


def run_row(run_id: str, when: datetime, folder: str, result: object) -> Row:
    """Return the row of a run with this result.json. An object that is not a result gives an unreadable row."""
    if not isinstance(result, Mapping) or not isinstance(result.get("status"), str):
        return unreadable_row("run", run_id, when, folder, f"{folder}/{RESULT} is not the result of a run")
    return Row(
        kind="run",
        id=run_id,
        when=when,
        status=INTERRUPTED.upper() if result.get("error") == INTERRUPTED else result["status"],
        prompt=_text(result.get("prompt")),
        **_common_fields(result),
        revisions=int(_number(result.get("revisions")) or 0),
        folder=folder,
    )


def batch_row(batch_id: str, when: datetime, folder: str, summary: object) -> Row:
    """Return the row of a batch with this summary.json. An object that is not a summary gives an unreadable row."""
    if not isinstance(summary, Mapping) or not isinstance(summary.get("status"), str):
        return unreadable_row("batch", batch_id, when, folder, f"{folder}/{SUMMARY} is not the summary of a batch")
    return Row(
        kind="batch",
        id=batch_id,
        when=when,
        status=summary["status"],
        **_common_fields(summary),
        counts={name: int(_number(summary.get(name)) or 0) for name in _COUNTS},
        folder=folder,
    )


def unreadable_row(kind: Kind, name: str, when: datetime, folder: str, message: str) -> Row:
    """Return the row of a run or batch whose record cannot be read; `message` names the file and the fix."""
    return Row(kind=kind, id=name, when=when, status=UNREADABLE, message=message, folder=folder)


def format_rows(rows: Sequence[Row], width: int) -> list[str]:
    """Return the lines of the table, with times on the local clock."""
    return format_table(_COLUMNS, [_cells(row) for row in rows], width)


def _cells(row: Row) -> tuple[str, ...]:
    when = f"{row.when.astimezone():%Y-%m-%d %H:%M}"
    cost = "" if row.cost_usd is None else f"${row.cost_usd:.4f}"
    return when, row.status, _what(row), str(row.attempts or ""), cost, row.id


def _what(row: Row) -> str:
    if row.status == UNREADABLE or (row.kind == "run" and not row.prompt):
        return row.message or ""
    if row.kind == "run":
        return row.prompt or ""
    counts = row.counts or {}
    parts = [
        f"{counts[name]} {word}"
        for name, word in (
            ("accepted", "accepted"),
            ("not_accepted", "not accepted"),
            ("errors", "faults"),
            ("rejected", "rejected"),
        )
        if counts.get(name)
    ]
    items = counts.get("items", 0)
    ended = sum(counts.get(name, 0) for name in ("accepted", "not_accepted", "errors"))
    so_far = f", {ended} ended" if row.status in (RUNNING, UNFINISHED) else ""
    return f"batch of {items} {'item' if items == 1 else 'items'}{so_far}" + (f": {', '.join(parts)}" if parts else "")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
