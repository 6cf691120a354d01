"""Open a prepared run: read its request and its requirements from its folder."""

from dataclasses import dataclass
from typing import Any

from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement
from lambdas.core.run.state import RunState
from lambdas.core.runtime.records import REQUEST, REQUIREMENTS
from lambdas.core.storage.run_folder import RunFolder


@dataclass(frozen=True)
class OpenRun:
    """A prepared run, with what a step needs."""

    state: RunState
    folder: RunFolder
    request: Request
    requirements: tuple[Requirement, ...]
    inputs: list[dict[str, Any]]
    """The records of the source pictures in request.json."""

    def open_ledger(self, step: str, spent_usd: float) -> Ledger:
        """Return the ledger of a step (see `RunState.open_ledger`)."""
        return self.state.open_ledger(step, self.request, spent_usd)


def open_run(state: RunState) -> OpenRun:
    """Return the run that Prepare has recorded.

    Raises:
        RecordError: a record is missing, or S3 failed (retried by the state machine).
    """
    folder = state.folder
    prepared = folder.require_json(REQUEST)
    return OpenRun(
        state,
        folder,
        parse_request_record(prepared),
        parse_requirements_record(folder.require_json(REQUIREMENTS)),
        prepared.get("inputs", []),
    )


def parse_request_record(record: dict[str, Any]) -> Request:
    """Return the request in request.json."""
    return Request.from_record(record["request"])


def parse_requirements_record(record: dict[str, Any]) -> tuple[Requirement, ...]:
    """Return the requirements in requirements.json."""
    return tuple(Requirement(**item) for item in record["requirements"])
