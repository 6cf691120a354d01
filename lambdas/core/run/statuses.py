"""The table of statuses: how each ends the execution and the command, and how it is shown.

To add a status, add its row here, let the state machine or `core.run.result` end a run with it, and run `make docs`, which
writes the table to `docs/contract.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Literal

Tone = Literal["good", "fair", "bad", "plain"]
"""The tone of a status, on the proof sheet and on a terminal."""


class ExitCode(IntEnum):
    """The exit code of a command when its run or batch has ended."""

    ACCEPTED = 0
    NOT_ACCEPTED = 1
    BAD_INPUT = 2
    FAULT = 3


@dataclass(frozen=True, kw_only=True)
class Status:
    """One row. `name` is the `status` in result.json."""

    name: str
    meaning: str
    """When a run ends with this status, for docs/contract.md."""
    message: str
    """The result's `message`; `{tried}` is "3 attempts and 2 revisions"."""
    error: str | None = None
    """The `Error` of the failed execution. None if it succeeds, or fails with the error of the fault."""
    exit_code: ExitCode
    metric: str | None
    """The metric in which the run counts once. None if nothing was run."""
    batch_count: Literal["accepted", "not_accepted", "errors"] = "not_accepted"
    """The field of summary.json in which an item with this status counts."""
    needs_records: bool = True
    """Whether a run needs records to end with this status."""
    may_return_best: bool = False
    """Whether `on_not_accepted: return_best` changes the status to BEST_EFFORT if there is a picture."""
    next_step: str | None = None
    """Advice for the user, on the terminal and the proof sheet. `{again}` says how to resume the run."""
    title: str
    """The heading of the proof sheet."""
    sign: str
    tone: Tone
    mark: str = "Best picture"
    """The label of the picture that the result names."""


STATUSES = {
    row.name: row
    for row in (
        Status(
            name="ACCEPTED",
            meaning="every `must` requirement of one picture is met",
            message="Accepted after {tried}.",
            exit_code=ExitCode.ACCEPTED,
            metric="Accepted",
            batch_count="accepted",
            title="Accepted",
            sign="✓",
            tone="good",
            mark="Chosen picture",
        ),
        Status(
            name="UNCERTAIN",
            meaning="one picture meets every `must` requirement that the judge could decide; some could not be decided",
            message="The judge cannot tell whether the best picture meets every requirement ({tried}).",
            error="RunUncertain",
            exit_code=ExitCode.NOT_ACCEPTED,
            metric="Uncertain",
            next_step="look at the picture, or ask only for what a picture can show",
            title="Uncertain",
            sign="?",
            tone="fair",
        ),
        Status(
            name="EXHAUSTED",
            meaning="the limits are used up",
            message="No picture met every requirement in {tried}; the best one is kept.",
            error="RunExhausted",
            exit_code=ExitCode.NOT_ACCEPTED,
            metric="NotAccepted",
            may_return_best=True,
            next_step="raise max_retry_attempts or max_prompt_revisions and {again}",
            title="Not accepted",
            sign="✕",
            tone="bad",
        ),
        Status(
            name="BLOCKED",
            meaning="a content filter refused the prompt with no revision left, or every picture",
            message="A content filter refused the prompt or every picture ({tried}).",
            error="RunBlocked",
            exit_code=ExitCode.NOT_ACCEPTED,
            metric="NotAccepted",
            may_return_best=True,
            next_step="word the prompt differently: the content filter will not change its mind",
            title="Blocked by a content filter",
            sign="⊘",
            tone="bad",
        ),
        Status(
            name="BUDGET_EXCEEDED",
            meaning="the next call could pass `max_cost_usd`",
            message="Stopped before a call that could pass max_cost_usd ({tried}).",
            error="BudgetExceeded",
            exit_code=ExitCode.NOT_ACCEPTED,
            metric="NotAccepted",
            may_return_best=True,
            next_step="raise max_cost_usd (and the setting max_cost_usd_per_run, on your own machine "
            "RETAKE_MAX_COST_USD_PER_RUN, where that is lower) and {again}",
            title="Stopped at the cost ceiling",
            sign="✕",
            tone="bad",
        ),
        Status(
            name="BEST_EFFORT",
            meaning="`EXHAUSTED`, `BLOCKED` or `BUDGET_EXCEEDED`, with `return_best` and a picture; `stopped_by` says which",
            message="Not every requirement is met after {tried}; this is the best picture.",
            exit_code=ExitCode.NOT_ACCEPTED,
            metric="NotAccepted",
            title="Best effort",
            sign="≈",
            tone="fair",
        ),
        Status(
            name="DRY_RUN",
            meaning="the event asks for `dry_run`; the result has `worst_case_usd`, `expected_usd`, counts of calls "
            "and `model_access`",
            message="Nothing was generated; this is what the run would cost.",
            exit_code=ExitCode.ACCEPTED,
            metric=None,
            needs_records=False,
            title="Dry run",
            sign="–",
            tone="plain",
        ),
        Status(
            name="DUPLICATE",
            meaning="another execution already has this run of the schedule",
            message="Another execution already has this run; nothing was paid.",
            exit_code=ExitCode.ACCEPTED,
            metric=None,
            needs_records=False,
            title="Already run",
            sign="–",
            tone="plain",
        ),
        Status(
            name="ERROR",
            meaning="a fault; `error` and `message` name it",
            message="The run failed.",
            exit_code=ExitCode.FAULT,
            metric="Faults",
            batch_count="errors",
            needs_records=False,
            next_step="{again}",
            title="Ended by a fault",
            sign="!",
            tone="bad",
        ),
    )
}

ACCEPTED = STATUSES["ACCEPTED"]
UNCERTAIN = STATUSES["UNCERTAIN"]
EXHAUSTED = STATUSES["EXHAUSTED"]
BLOCKED = STATUSES["BLOCKED"]
BUDGET_EXCEEDED = STATUSES["BUDGET_EXCEEDED"]
BEST_EFFORT = STATUSES["BEST_EFFORT"]
DRY_RUN = STATUSES["DRY_RUN"]
DUPLICATE = STATUSES["DUPLICATE"]
ERROR = STATUSES["ERROR"]

REJECTED_LINE = "REJECTED"
"""The `status` in the row of a batch's line that is not an item. No run ends with it."""

# The sender of an invalid request has to correct it, so there is no alarm, and starting it again unchanged is useless.
INVALID_REQUEST = replace(ERROR, exit_code=ExitCode.BAD_INPUT, metric="InvalidRequests", next_step=None)


def status_of(result: Mapping[str, Any]) -> Status:
    """Return the row of a result, or of a batch's row of results.

    A deployed stack may be newer than this table. An unknown status is shown under its own name, as a fault.
    """
    name = str(result["status"])
    row = STATUSES.get(name) or replace(ERROR, name=name, next_step=None, title=name, sign="–", tone="plain")
    return INVALID_REQUEST if row is ERROR and result.get("error") == "InvalidRequestError" else row
