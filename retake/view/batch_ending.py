"""The end of a batch: its exit code, and a few lines for people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.core.batch.statuses import DUPLICATE, REFUSED, batch_status_of
from lambdas.core.runtime.cause import parse_cause
from retake.view import exit_codes
from retake.view.outcome import Outcome


@dataclass(frozen=True)
class BatchEnded:
    """How a batch ended."""

    summary: dict[str, Any] | None
    error: str | None = None
    """What stopped it, on one line; None when the batch reached its end."""
    is_interrupted: bool = False
    spent_usd: float = 0.0
    """What an interrupted batch has paid so far."""

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
        """Whether the items ran, so that there are results."""
        return self.summary is not None and batch_status_of(self.summary).has_results


def batch_ended(outcome: Outcome, whole_summary: Callable[[], dict[str, Any] | None]) -> BatchEnded:
    """Return how the batch's execution ended. `whole_summary` reads summary.json, where there is one."""
    summary = outcome.told()
    if summary is None:
        message = parse_cause(outcome.cause or "") or "it did not say why"
        return BatchEnded(None, error=f"{outcome.error or outcome.status}: {message}")
    status = batch_status_of(summary)
    if status is REFUSED:
        return BatchEnded(summary, error=summary["message"])
    return BatchEnded((whole_summary() or summary) if status.has_results else summary)


def batch_told(ended: BatchEnded, results: str) -> list[str]:
    """Return the lines for people. `results` is where results.csv is."""
    summary = ended.summary
    if summary is None:
        return []
    status = batch_status_of(summary)
    if status is DUPLICATE:
        return [f"{status.name}  another execution has this delivery of the file; nothing was paid here"]
    if not status.has_results:
        return []
    lines = [
        f"{status.name}  {summary['message']}",
        f"results  {results}",
        f"cost     ${summary['cost']['total_usd']:.4f} of at most ${summary['cost']['max_usd']:.2f}",
    ]
    if "fault" in summary:
        lines.append(f"fault    {summary['fault']['error']}: {summary['fault']['message']}")
    return lines
