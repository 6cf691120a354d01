"""Where a watch reads what a function has written."""

import json
from pathlib import Path
from typing import Any, Protocol, cast


class Records(Protocol):
    """The records of one run, by their names inside its folder."""

    def has(self, name: str) -> bool:
        """Whether the record exists."""

    def read(self, name: str) -> dict[str, Any]:
        """The record's object. What goes wrong is raised: the watch's caller keeps it from the run."""


class FolderRecords:
    """A run's records on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return (self._folder / name).exists()

    def read(self, name: str) -> dict[str, Any]:
        """The file's object."""
        return cast(dict[str, Any], json.loads((self._folder / name).read_bytes()))
