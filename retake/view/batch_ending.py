"""The end of a batch, as it is told: the exit code and a few lines for people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.core.runtime.fault import message_of
from retake.view import exit_codes
from retake.view.outcome import Outcome


@dataclass(frozen=True)
class BatchEnded:
    """How a batch ended."""

    summary: dict[str, Any] | None
    error: str | None = None
    """What stopped it, on one line; None when it came to its end."""
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
        if self.summary["status"] in ("ACCEPTED", "DUPLICATE"):
            return exit_codes.ACCEPTED
        if self.summary["status"] == "REFUSED" or not self.summary["items"]:
            return exit_codes.BAD_INPUT
        return exit_codes.FAULT if "fault" in self.summary else exit_codes.NOT_ACCEPTED


def batch_ended(outcome: Outcome, whole_summary: Callable[[], dict[str, Any] | None]) -> BatchEnded:
    """How the batch's execution ended. `whole_summary` reads summary.json, where there is one."""
    told = outcome.told()
    if told is None:
        said = message_of(outcome.cause or "") or "it did not say why"
        return BatchEnded(None, error=f"{outcome.error or outcome.status}: {said}")
    if told["status"] == "REFUSED":
        return BatchEnded(told, error=told["message"])
    if told["status"] == "DUPLICATE":
        return BatchEnded(told)
    return BatchEnded(whole_summary() or told)


def batch_told(ended: BatchEnded, results: str) -> list[str]:
    """The end in a few lines for people. `results` is where results.csv is."""
    summary = ended.summary
    if summary is None or summary["status"] == "REFUSED":
        return []
    if summary["status"] == "DUPLICATE":
        return ["DUPLICATE  another execution has this delivery of the file; nothing was paid here"]
    lines = [
        f"{summary['status']}  {summary['message']}",
        f"results  {results}",
        f"cost     ${summary['cost']['total_usd']:.4f} of at most ${summary['cost']['max_usd']:.2f}",
    ]
    if "fault" in summary:
        lines.append(f"fault    {summary['fault']['error']}: {summary['fault']['message']}")
    return lines
