"""A batch on this machine before it starts: what can be found wrong with its files is found here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.batch.paths import DEFAULTS_ENDING, batch_id_of
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from retake.inputs.event_file import execution_name
from retake.inputs.fault_script import script_of
from retake.inputs.manifest_files import checked_files
from retake.inputs.out_folder import make_out_folder
from retake.inputs.settings import settings_here
from retake.view.errors import BadInputError

if TYPE_CHECKING:
    from standin import Fault

START_PREFIX = "batches"


@dataclass(frozen=True)
class BatchPlan:
    """A batch that was found fit to be planned; its lines are checked by Plan, as in AWS."""

    manifest: Path
    defaults: dict[str, Any] | None
    """What NAME.defaults.json and the command line say, or None when they say nothing."""
    settings: Settings
    execution_name: str
    out: Path
    faults: "tuple[Fault, ...] | None"
    """The stand-in's fault script; None for Bedrock in AWS."""

    @property
    def key(self) -> str:
        """Where the manifest goes in S3. The batch's id follows from it, so the same file is the same batch."""
        return f"{START_PREFIX}/{self.manifest.name}"

    @property
    def defaults_key(self) -> str:
        """Where its defaults go."""
        return f"{START_PREFIX}/{self.manifest.stem}{DEFAULTS_ENDING}"

    @property
    def batch_id(self) -> str:
        """The batch's id."""
        return batch_id_of(self.settings.bucket, self.key)

    @property
    def folder(self) -> Path:
        """Where the batch's own records go; the runs of its items lie beside it."""
        return self.out / "batch" / self.batch_id

    @property
    def results(self) -> Path:
        """The rows of its items."""
        return self.folder / "results.csv"

    @property
    def log_path(self) -> Path:
        """Where the functions log to."""
        return self.out / "log.jsonl"


def planned_batch(
    manifest: Path,
    out: Path,
    bedrock: str,
    faults: Path | None,
    max_concurrency: int | None,
    environment: Mapping[str, str],
) -> BatchPlan:
    """The plan for a manifest. Nothing is started.

    Raises:
        BadInputError: the manifest, its defaults, the fault script or the output folder cannot be used.
    """
    script = script_of(bedrock, faults)
    try:
        settings = settings_here({}, environment)
        batch_id_of(settings.bucket, f"{START_PREFIX}/{manifest.name}")
    except InvalidRequestError as error:
        raise BadInputError(f"{manifest}: {str(error).removeprefix('key: ')}") from None
    defaults = checked_files(manifest, max_concurrency)
    make_out_folder(out)
    return BatchPlan(manifest, defaults, settings, execution_name(str(manifest)), out, script)
