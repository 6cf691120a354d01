"""The output folder, checked before anything is paid for."""

import os
import tempfile
from pathlib import Path

from retake.view.errors import BadInputError


class OutFolderError(BadInputError):
    """The output folder cannot be written to. One line for the user."""


def make_out_folder(folder: Path, option: str = "--out") -> None:
    """Make sure that files can be made in the folder of the option, before anything is paid for them.

    Raises:
        OutFolderError: they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else b"\0")
    except OSError as error:
        raise OutFolderError(f"{option} {folder}: cannot be written to ({error.strerror or error})") from None
