"""The end of a batch: its exit code, and its closing lines."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.core.batch.statuses import DUPLICATE, REFUSED, batch_status_of
from lambdas.core.runtime.batch_paths import REJECTED, RESULTS_CSV
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.quoting import format_count
from lambdas.core.runtime.records import REPORT
from retake.view import exit_codes
from retake.view.outcome import Outcome
from retake.view.output import print_faults, print_stderr, to_json, write_stdout
from retake.view.run_ending import format_engine

_AGAIN = "run the same command again: accepted items are kept, and the others resume"


@dataclass(frozen=True)
class BatchEnding:
    """How a batch ended."""

    summary: dict[str, Any] | None
    error: str | None = None
    """Why the batch stopped, on one line; None if it reached its end."""
    is_interrupted: bool = False
    spent_usd: float = 0.0
    """The cost so far of an interrupted batch."""
    pictures: str | None = None
    """The folder of the chosen pictures; None if there is none on this machine."""
    reused: int = 0
    """The number of items that an earlier execution on this machine got accepted."""
    earlier_usd: float = 0.0
    """The cost of earlier executions on this machine."""
    lost: str | None = None
    """A sentence about the answers that were paid for but could not be written on this machine; None if all were written."""

    @property
    def exit_code(self) -> int:
        """One of `exit_codes`."""
        if self.is_interrupted:
            return exit_codes.INTERRUPTED
        if self.summary is None:
            return exit_codes.FAULT
        status = batch_status_of(self.summary)
        if status.exit_code == exit_codes.NOT_ACCEPTED:
            if not self.summary["items"]:
                return exit_codes.BAD_INPUT
            if "fault" in self.summary:
                return exit_codes.FAULT
        return int(status.exit_code)

    @property
    def has_results(self) -> bool:
        """Whether items ran, so that results.csv exists."""
        return self.summary is not None and batch_status_of(self.summary).has_results


def read_batch_ending(outcome: Outcome, read_summary: Callable[[], dict[str, Any] | None]) -> BatchEnding:
    """Return how the batch's execution ended. `read_summary` reads summary.json; it may return None."""
    summary = outcome.result_or_summary()
    if summary is None:
        message = parse_cause(outcome.cause or "") or "no reason given"
        return BatchEnding(None, error=f"{outcome.error or outcome.status}: {message}")
    status = batch_status_of(summary)
    if status is REFUSED:
        return BatchEnding(summary, error=summary["message"])
    return BatchEnding((read_summary() or summary) if status.has_results else summary)


def format_batch_ending(ending: BatchEnding, results: str) -> list[str]:
    """Return the closing lines. `results` is the path or address of results.csv."""
    summary = ending.summary
    if summary is None:
        lost = [f"lost     {ending.lost}"] if ending.lost else []
        return [*lost, f"next     {_AGAIN}"] if ending.error else lost
    status = batch_status_of(summary)
    if status is DUPLICATE:
        return [f"{status.name}  another execution already has this delivery of the file; nothing was paid"]
    rejected = (
        [f"rejected {results.removesuffix(RESULTS_CSV)}{REJECTED}"] if results and summary.get("rejected") else []
    )
    if not status.has_results:
        return rejected
    lines = [
        f"{status.name}  {summary['message']}",
        *format_engine(summary),
        *([f"report   {results.removesuffix(RESULTS_CSV)}{REPORT}"] if summary.get("report_s3_uri") else []),
        *([f"pictures {ending.pictures}"] if ending.pictures else []),
        f"results  {results}",
        *rejected,
        f"cost     {_cost(summary)}",
    ]
    if ending.earlier_usd:
        now_usd = max(0.0, summary["cost"]["total_usd"] - ending.earlier_usd)
        lines.append(
            f"resumed  {format_count(ending.reused, 'item')} reused; ${now_usd:.4f} of the cost was paid now, "
            f"${ending.earlier_usd:.4f} before"
        )
    if summary.get("errors"):
        lines.append(f"next     {_AGAIN}")
    if "fault" in summary:
        lines.append(f"fault    {summary['fault']['error']}: {summary['fault']['message']}")
    return lines


def _cost(summary: dict[str, Any]) -> str:
    cost = summary["cost"]
    ceiling = f"${cost['max_usd']:.2f}{' for each rerun' if summary.get('generation', 1) > 1 else ''}"
    return f"${cost['total_usd']:.4f} of at most {ceiling}"


def print_batch_ending(ending: BatchEnding, source: str, results: str, as_json: bool) -> int:
    """Print how the batch ended, and return the exit code.

    source: the name of the manifest or execution in error messages.
    results: the path or address of results.csv, which exists if the items ran.
    """
    for line in format_batch_ending(ending, results):
        print_stderr(line)
    if ending.error:
        print_faults(source, ending.error)
    if ending.summary and as_json:
        write_stdout(to_json(ending.summary))
    elif ending.has_results:
        write_stdout(os.fsencode(results))
    return ending.exit_code
