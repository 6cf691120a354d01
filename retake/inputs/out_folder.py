"""The output folder, checked before anything is paid for."""

import os
import re
import tempfile
from pathlib import Path

from retake.view.errors import BadInputError

_FILE_NAME = re.compile(r"(?!\.)[^\x00-\x1f\\:]+")

PICTURE_BYTES = 1_500_000
"""About what a picture takes with its records."""
PICTURES_FOLDER = "pictures"
"""In a batch's folder on a user's machine: the chosen picture of each item, under the item's id."""


def is_file_name(part: str) -> bool:
    """Return whether a part of an S3 key can be the name of a file in the folder, on every operating system."""
    return _FILE_NAME.fullmatch(part) is not None


class OutFolderError(BadInputError):
    """The output folder cannot be written to. One line for the user."""


def make_out_folder(folder: Path, option: str = "--out", not_started: str = "") -> None:
    """Create the folder given with `option`, and check that a file can be written there.

    not_started: what is not started without the folder, for the message: "the run 'night-1'".

    Raises:
        OutFolderError: it cannot be created or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else b"\0")
    except OSError as error:
        consequence = f"; {not_started} was not started, so nothing was paid" if not_started else ""
        advice = "free some space or make it writable, or give another folder, and start again"
        raise OutFolderError(
            f"{option} {folder}: cannot be written to ({error.strerror or error}){consequence}; {advice}"
        ) from None
