"""One process at a time: what lies in a folder is one process's to add to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_NAME = ".lock"


class FolderInUseError(Exception):
    """Another process has the folder."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have the folder for the length of the block; a process that dies has it no longer.

    Raises:
        FolderInUseError: another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _NAME).open("wb") as file:
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise FolderInUseError(os.fspath(folder)) from None
        yield
