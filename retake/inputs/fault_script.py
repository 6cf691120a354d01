"""The stand-in's fault script, read from the file that `--faults` names."""

from pathlib import Path
from typing import TYPE_CHECKING

from retake.view.errors import BadInputError

if TYPE_CHECKING:
    from standin import Fault


def script_of(bedrock: str, path: Path | None) -> "tuple[Fault, ...] | None":
    """The stand-in's fault script in a file; None for Bedrock in AWS.

    Raises:
        BadInputError: the file cannot be used, or there is no stand-in to take it.
    """
    if bedrock != "local":
        if path:
            raise BadInputError(
                "--faults (or RETAKE_FAULTS) works with --bedrock local only: Amazon Bedrock takes no script"
            )
        return None
    if path is None:
        return ()
    from standin import read_faults

    try:
        return read_faults(path)
    except OSError as error:
        raise BadInputError(f"--faults {path}: cannot be read ({error.strerror or error})") from None
    except ValueError as error:
        # Also a file that is not UTF-8.
        raise BadInputError(f"--faults {path}: {error}") from None
