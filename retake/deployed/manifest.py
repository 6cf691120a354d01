"""A manifest for a deployed stack: what can be found wrong with its files is found before anything is uploaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.batch.paths import DEFAULTS_ENDING, MANIFESTS, batch_id_of
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.event_file import execution_name
from retake.inputs.manifest_files import checked_files
from retake.view.errors import BadInputError


@dataclass(frozen=True)
class CheckedManifest:
    """A manifest that can be read; its lines are checked by Plan."""

    path: Path
    defaults: dict[str, Any]
    """What NAME.defaults.json and the command line say; empty when they say nothing."""
    execution_name: str

    @property
    def key(self) -> str:
        """Where it goes in the stack's bucket: no rule watches there, so that only we start it."""
        return f"{MANIFESTS}/{self.path.name}"

    @property
    def defaults_key(self) -> str:
        """Where its defaults go."""
        return f"{MANIFESTS}/{self.path.stem}{DEFAULTS_ENDING}"


def checked_manifest(path: Path, max_concurrency: int | None) -> CheckedManifest:
    """The manifest in this file.

    Raises:
        BadInputError: the manifest, or its defaults, cannot be used.
    """
    try:
        batch_id_of("", path.name)
    except InvalidRequestError as error:
        raise BadInputError(f"{path}: {str(error).removeprefix('key: ')}") from None
    return CheckedManifest(path, checked_files(path, max_concurrency) or {}, execution_name(str(path)))
