"""The output folder, checked before anything is paid for."""

import os
import re
import tempfile
from pathlib import Path

from retake.view.errors import BadInputError

_FILE_NAME = re.compile(r"(?!\.)[^\x00-\x1f\\:]+")

PICTURES_FOLDER = "pictures"
"""In a batch's folder on a user's machine: the chosen picture of each item, under the item's id."""


def is_file_name(part: str) -> bool:
    """Return whether a part of an S3 key can be the name of a file in the folder, on every operating system."""
    return _FILE_NAME.fullmatch(part) is not None


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
