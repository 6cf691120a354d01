"""A run's records in its folder on this machine."""

import json
from pathlib import Path
from typing import Any, cast


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
