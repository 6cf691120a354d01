"""The output folder, checked before anything is paid for."""

import os
import tempfile
from pathlib import Path

from retake.view.errors import BadInputError


class OutFolderError(BadInputError):
    """The output folder cannot be written to. One line for the user."""


def make_out_folder(folder: Path, option: str = "--out") -> None:
    """Create the folder given with `option`, and check that a file can be written there.

    Raises:
        OutFolderError: it cannot be created or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else b"\0")
    except OSError as error:
        raise OutFolderError(f"{option} {folder}: cannot be written to ({error.strerror or error})") from None
