"""The records of a run on this machine: JSON files in its folder."""

import json
from pathlib import Path
from typing import Any, cast


class FolderRecords:
    """The files in a run's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, name: str) -> bool:
        """Return whether the record exists."""
        return (self._folder / name).exists()

    def read(self, name: str) -> dict[str, Any]:
        """Return the record's content."""
        return cast(dict[str, Any], json.loads((self._folder / name).read_bytes()))
