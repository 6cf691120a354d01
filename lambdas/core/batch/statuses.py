"""The table of batch statuses: how each ends the execution and the command.

The name is `status` in summary.json. The statuses of the batch's items are those of runs: see `core.run.statuses`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.run.statuses import ExitCode
from lambdas.core.runtime.batch_paths import SUMMARY


@dataclass(frozen=True, kw_only=True)
class BatchStatus:
    """One row of the table."""

    name: str
    meaning: str
    """When a batch ends with this status, for docs/contract.md."""
    error: str | None = None
    """The `Error` of the failed execution; None if the execution succeeds."""
    exit_code: ExitCode
    has_results: bool
    """Whether the items ran, so that there are results.jsonl and results.csv."""


BATCH_STATUSES = {
    row.name: row
    for row in (
        BatchStatus(
            name="ACCEPTED",
            meaning="every line has an accepted picture",
            exit_code=ExitCode.ACCEPTED,
            has_results=True,
        ),
        BatchStatus(
            name="NOT_ALL_ACCEPTED",
            meaning="a line was rejected, or an item has no accepted picture",
            error="BatchNotAccepted",
            exit_code=ExitCode.NOT_ACCEPTED,
            has_results=True,
        ),
        BatchStatus(
            name="REFUSED",
            meaning="nothing ran: the manifest cannot be used, or the batch is already running",
            error="InvalidRequestError",
            exit_code=ExitCode.BAD_INPUT,
            has_results=False,
        ),
        BatchStatus(
            name="DUPLICATE",
            meaning=f"another execution has this delivery of the manifest; there is no {SUMMARY} of its own",
            exit_code=ExitCode.ACCEPTED,
            has_results=False,
        ),
    )
}

ACCEPTED = BATCH_STATUSES["ACCEPTED"]
NOT_ALL_ACCEPTED = BATCH_STATUSES["NOT_ALL_ACCEPTED"]
REFUSED = BATCH_STATUSES["REFUSED"]
DUPLICATE = BATCH_STATUSES["DUPLICATE"]

OWN_ERRORS = {row.error for row in BATCH_STATUSES.values() if row.error}
"""The errors of executions that ended with a status of this table. Any other error is a crash."""


def batch_status_of(summary: Mapping[str, Any]) -> BatchStatus:
    """Return the row of the summary's status.

    A deployed stack may be newer than this table. An unknown status keeps its name, and counts as not accepted.
    """
    name = str(summary["status"])
    return BATCH_STATUSES.get(name) or replace(NOT_ALL_ACCEPTED, name=name)
