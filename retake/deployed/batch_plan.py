"""Check a manifest before its batch is started on a deployed stack: its files, before anything is uploaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.runtime.batch_paths import MANIFEST_FOLDER
from retake.inputs.event_file import make_execution_name
from retake.inputs.manifest import Manifest, read_manifest


@dataclass(frozen=True)
class BatchPlan:
    """A batch whose manifest can be read. Plan checks its lines."""

    manifest: Manifest
    """Goes where no rule watches, so that the upload starts nothing."""
    execution_name: str


def plan_batch(path: Path, max_concurrency: int | None, event_fields: Mapping[str, Any] | None = None) -> BatchPlan:
    """Return the plan for a manifest. Nothing is uploaded.

    event_fields: the defaults of `retake.toml` for every event.

    Raises:
        BadInputError: the manifest or its defaults cannot be used.
    """
    return BatchPlan(
        read_manifest(path, MANIFEST_FOLDER, max_concurrency, event_fields), make_execution_name(path.stem)
    )
