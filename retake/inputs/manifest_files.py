"""A manifest and its defaults as files, read before anything is started or uploaded."""

import json
from pathlib import Path
from typing import Any

from lambdas.core.batch.paths import DEFAULTS_ENDING
from retake.inputs.event_file import read_event
from retake.view.errors import BadInputError


def checked_files(manifest: Path, max_concurrency: int | None) -> dict[str, Any] | None:
    """What NAME.defaults.json beside the manifest says, and the command line over it; None when they say nothing.

    Raises:
        BadInputError: one of the two files cannot be read.
    """
    try:
        with manifest.open("rb"):
            pass
    except OSError as error:
        raise BadInputError(f"{manifest}: cannot be read ({error.strerror or error})") from None
    defaults = _defaults(manifest.with_name(f"{manifest.stem}{DEFAULTS_ENDING}"))
    if max_concurrency is not None:
        defaults = {**(defaults or {}), "max_concurrency": max_concurrency}
    return defaults


def defaults_body(defaults: dict[str, Any]) -> bytes:
    """The defaults as the object in S3."""
    return json.dumps(defaults, ensure_ascii=False).encode()


def _defaults(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    return read_event(str(path))
