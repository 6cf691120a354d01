"""Check an event before it runs on this machine: all faults that can be found without starting anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.request.request import Request
from lambdas.core.runtime.settings import Settings
from retake.inputs.event import InputEvent
from retake.inputs.fault_script import read_fault_script
from retake.inputs.out_folder import make_out_folder
from retake.inputs.pictures import LocalPicture
from retake.inputs.request import check_event
from retake.view.run_files import RunFiles

if TYPE_CHECKING:
    from standin import Fault


@dataclass(frozen=True)
class RunPlan:
    """A run whose event, settings and output folder have been checked."""

    source: str
    """The event's name in messages."""
    event: dict[str, Any]
    execution_name: str
    request: Request
    settings: Settings
    out: Path
    pictures: tuple[LocalPicture, ...]
    """The source pictures beside the event."""
    faults: "tuple[Fault, ...] | None"
    """The stand-in's fault script; None for Bedrock in AWS."""

    @property
    def folder(self) -> Path:
        """The folder of the run's pictures and records."""
        return self.out / self.request.run_id

    @property
    def files(self) -> RunFiles:
        """The run's files that exist now, for the user."""
        return RunFiles(self.request.run_id, str(self.folder) if self.folder.exists() else None)

    @property
    def log_path(self) -> Path:
        """The functions' log file."""
        return self.out / "log.jsonl"


def plan_run(
    event: InputEvent, out: Path, bedrock: str, faults: Path | None, environment: Mapping[str, str]
) -> RunPlan:
    """Return the plan for the event. Starts nothing, and imports no boto3.

    Raises:
        BadInputError: the event, the fault script or the output folder cannot be used.
    """
    script = read_fault_script(bedrock, faults)
    settings, request = check_event(event, environment)
    make_out_folder(out, not_started=f"the run {request.run_id!r}")
    return RunPlan(event.source, event.fields, event.execution_name, request, settings, out, event.pictures, script)
