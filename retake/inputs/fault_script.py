"""The stand-in's fault script: the file of the option --faults."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lambdas.core.runtime.strict_json import read_json
from retake.inputs.config import load_config
from retake.view.errors import BadInputError

VARIABLE = "RETAKE_FAULTS"

if TYPE_CHECKING:
    from standin import Fault


def read_fault_script(bedrock: str, path: Path | None) -> "tuple[Fault, ...] | None":
    """Read the fault script at `path` (None: no faults). For Bedrock in AWS (`bedrock` is "aws"), return None.

    Raises:
        BadInputError: the file cannot be used, or it is given for Bedrock in AWS.
    """
    if bedrock != "local":
        if path:
            raise BadInputError(
                "--faults (or RETAKE_FAULTS) works with --bedrock local only: Amazon Bedrock takes no fault script"
            )
        return None
    if path is None:
        return ()
    from standin import read_faults

    try:
        return read_faults(read_json(path.read_bytes()))
    except OSError as error:
        raise BadInputError(f"{_source(path)} {path}: cannot be read ({error.strerror or error})") from None
    except ValueError as error:
        raise BadInputError(f"{_source(path)} {path}: {error}") from None


def _source(path: Path) -> str:
    """Return what names the script: the variable, retake.toml, or the option."""
    if str(path) == str(Path(os.environ.get(VARIABLE) or "-")):
        return VARIABLE
    config = load_config()
    return f"{config.path}: faults" if path == config.options.get("faults") else "--faults"
