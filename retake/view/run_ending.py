"""The end of a run: its exit code, and its closing lines."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.core.run.ending_words import engine_notice, next_step
from lambdas.core.run.statuses import DRY_RUN, ERROR, status_of
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.quoting import format_count
from retake.view import exit_codes
from retake.view.estimate import format_estimate
from retake.view.outcome import Outcome
from retake.view.output import print_error, print_stderr, to_json, write_stdout
from retake.view.run_files import RunFiles

if TYPE_CHECKING:
    from lambdas.core.batch.spending import Spending


@dataclass(frozen=True)
class RunEnding:
    """How a run ended."""

    result: dict[str, Any] | None
    """The whole result.json; None when Conclude wrote none."""
    is_recorded: bool = False
    """Whether result.json and the report are in the folder."""
    error: str | None = None
    """The error of a run without a result."""
    cause: str = ""
    """The execution's `cause`, as Step Functions reports it."""
    is_interrupted: bool = False
    earlier: "Spending | None" = None
    """The attempts and the cost of earlier executions of the run, on this machine; None if there was none."""
    lost: str | None = None
    """A sentence about the answers that were paid for but could not be written on this machine; None if all were written."""

    @property
    def exit_code(self) -> int:
        """One of `exit_codes`."""
        if self.is_interrupted:
            return exit_codes.INTERRUPTED
        return int(status_of(self.result or {"status": ERROR.name, "error": self.error}).exit_code)

    @property
    def fault(self) -> str | None:
        """Why the run failed, on one line; a refused request has a line for each fault. None if it did not fail."""
        is_refusal = self.exit_code == exit_codes.BAD_INPUT
        message = (self.result or {}).get("message") or parse_cause(self.cause, keep_lines=is_refusal)
        message = message or "no reason given"
        if is_refusal:
            return message
        return f"{self._error}: {message}" if self.exit_code == exit_codes.FAULT else None

    @property
    def _error(self) -> str:
        return str((self.result or {}).get("error") or self.error or "Error")


def read_run_ending(outcome: Outcome, read_result: Callable[[dict[str, Any]], dict[str, Any]]) -> RunEnding:
    """Return how the run's execution ended. `read_result` reads result.json, given the shortened result in the outcome."""
    shortened = outcome.result_or_summary()
    if shortened is None:
        return RunEnding(None, error=outcome.error or outcome.status, cause=outcome.cause or "")
    # Without `result_s3_uri`, this execution wrote no result.json. A result.json in the folder is another execution's.
    if not shortened.get("result_s3_uri"):
        return RunEnding(shortened)
    return RunEnding(read_result(shortened), is_recorded=True)


def format_run_ending(files: RunFiles, ending: RunEnding) -> Iterator[str]:
    """Yield the closing lines: status, picture, report, cost, warnings, the next step."""
    result = ending.result
    if result is None:
        if files.folder:
            yield f"records  {files.folder}"
            yield from _format_lost(ending)
            if step := next_step({"status": ERROR.name, "run_id": files.run_id, "error": ending.error}):
                yield f"next     {step}"
        return
    if ending.is_interrupted:
        yield "INTERRUPTED  " + ("What was made so far is kept." if ending.is_recorded else "Nothing was made yet.")
    elif result["status"] != ERROR.name:
        yield f"{result['status']}  {result['message']}"
    yield from format_engine(result)
    if ending.is_recorded:
        if image := result["image"]:
            yield f"picture  {files.picture(image)}{'' if result['verdict'] else '  (never judged)'}"
        yield f"report   {files.report}"
        yield f"cost     {_cost(result['cost'])}"
        if ending.earlier:
            yield f"resumed  {_share(ending.earlier, result['cost']['total_usd'])}"
        yield from _format_lost(ending)
        yield from (f"warning  {warning}" for warning in result["warnings"])
        if step := next_step(result):
            yield f"next     {step}"


def _format_lost(ending: RunEnding) -> Iterator[str]:
    if ending.lost:
        yield f"lost     {ending.lost}"


def format_engine(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line if the stand-in, not Bedrock, answered for the result or the batch's summary."""
    if notice := engine_notice(result):
        yield f"engine   {notice}"


def _cost(cost: dict[str, Any]) -> str:
    return f"${cost['total_usd']:.4f} (images ${cost['image_usd']:.4f}, Claude ${cost['claude_usd']:.4f})"


def _share(earlier: "Spending", total_usd: float) -> str:
    now_usd = max(0.0, total_usd - earlier.cost_usd)
    reused = format_count(earlier.attempts, "attempt")
    return f"{reused} reused; ${now_usd:.4f} of the cost was paid now, ${earlier.cost_usd:.4f} before"


def print_run_ending(ending: RunEnding, files: RunFiles, name_fault: Callable[[str], str], as_json: bool) -> int:
    """Print how a run ended, and return the exit code. `name_fault` adds the place of a field's fault to its message."""
    for line in format_run_ending(files, ending):
        print_stderr(line)
    if ending.fault and ending.exit_code == exit_codes.BAD_INPUT:
        # A refused request has a line for each fault.
        for line in ending.fault.split("\n"):
            print_error(name_fault(line))
    elif ending.fault:
        print_error(ending.fault)
    if as_json and ending.result:
        write_stdout(to_json(ending.result))
    elif ending.result and ending.result["status"] == DRY_RUN.name:
        write_stdout("\n".join(format_estimate(ending.result)).encode())
    elif ending.is_recorded and not as_json:
        write_stdout(os.fsencode(files.report))
    return ending.exit_code
