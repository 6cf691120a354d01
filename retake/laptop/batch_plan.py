"""Check a manifest before its batch runs on this machine: its files, the settings and the output folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.request.batch_item import batch_id_of
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, DROP_FOLDER, RESULTS_CSV
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from retake.inputs.event_file import make_execution_name
from retake.inputs.fault_script import read_fault_script
from retake.inputs.manifest import Manifest, read_manifest
from retake.inputs.out_folder import make_out_folder
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError

if TYPE_CHECKING:
    from standin import Fault


@dataclass(frozen=True)
class BatchPlan:
    """A batch whose manifest can be read. Plan checks its lines, as in AWS."""

    manifest: Manifest
    execution_name: str
    settings: Settings
    out: Path
    faults: "tuple[Fault, ...] | None"
    """The stand-in's fault script; None for Bedrock in AWS."""

    @property
    def batch_id(self) -> str:
        """The batch's id."""
        return batch_id_of(self.settings.bucket, self.manifest.key)

    @property
    def folder(self) -> Path:
        """The folder of the batch's own records. The folders of its items' runs are in `out`."""
        return self.out / BATCH_FOLDER / self.batch_id

    @property
    def results(self) -> Path:
        """The file with one row per item."""
        return self.folder / RESULTS_CSV

    @property
    def log_path(self) -> Path:
        """The functions' log file."""
        return self.out / "log.jsonl"


def plan_batch(
    path: Path,
    out: Path,
    bedrock: str,
    faults: Path | None,
    max_concurrency: int | None,
    environment: Mapping[str, str],
    event_fields: Mapping[str, Any] | None = None,
) -> BatchPlan:
    """Return the plan for a manifest. Starts nothing.

    event_fields: the defaults of `retake.toml` for every event.

    Raises:
        BadInputError: the manifest, its defaults, the fault script or the output folder cannot be used.
    """
    script = read_fault_script(bedrock, faults)
    try:
        settings = local_settings({}, environment)
    except InvalidRequestError as error:
        raise BadInputError(f"{path}: {error}") from None
    manifest = read_manifest(path, DROP_FOLDER, max_concurrency, event_fields)
    make_out_folder(out, not_started=f"the batch {path}")
    return BatchPlan(manifest, make_execution_name(path.stem), settings, out, script)
