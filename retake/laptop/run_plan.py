"""A run on this machine before it starts: everything that can be found wrong for nothing is found here, quickly."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.request.request import Request, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from retake.inputs.event_file import execution_name, named, read_event
from retake.inputs.fault_script import script_of
from retake.inputs.out_folder import make_out_folder
from retake.inputs.settings import settings_here
from retake.view.errors import BadInputError
from retake.view.run_files import RunFiles

if TYPE_CHECKING:
    from standin import Fault


@dataclass(frozen=True)
class Plan:
    """A run that was found fit to be made."""

    source: str
    """What the user knows the event by."""
    event: dict[str, Any]
    request: Request
    settings: Settings
    execution_name: str
    out: Path
    faults: "tuple[Fault, ...] | None"
    """The stand-in's fault script; None for Bedrock in AWS."""

    @property
    def folder(self) -> Path:
        """Where the run's pictures and records go."""
        return self.out / self.request.run_id

    @property
    def files(self) -> RunFiles:
        """Where the user finds the run's files, as they are now."""
        return RunFiles(
            self.request.run_id,
            str(self.folder) if self.folder.exists() else None,
            "RETAKE_MAX_COST_USD_PER_RUN",
            "" if self.faults is None else " at Bedrock's list prices; the stand-in charges nothing",
        )

    @property
    def log_path(self) -> Path:
        """Where the functions log to."""
        return self.out / "log.jsonl"


def planned(source: str, out: Path, bedrock: str, faults: Path | None, environment: Mapping[str, str]) -> Plan:
    """The plan for the event in the file `source` ("-": standard input). Nothing is started, and boto3 not imported.

    Raises:
        BadInputError: the event, the fault script or the output folder cannot be used.
    """
    script = script_of(bedrock, faults)
    event = read_event(source)
    name = execution_name(source)
    try:
        settings = settings_here(event, environment)
        request = parse_request(event, settings, name)
    except InvalidRequestError as error:
        raise BadInputError(f"{named(source)}: {error}") from None
    make_out_folder(out)
    return Plan(named(source), event, request, settings, name, out, script)
