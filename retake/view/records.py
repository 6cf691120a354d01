"""Where a watch reads what a function has written."""

from typing import Any, Protocol


class Records(Protocol):
    """The records of one run, by their names inside its folder."""

    def has(self, name: str) -> bool:
        """Whether the record exists."""

    def read(self, name: str) -> dict[str, Any]:
        """The record's object. What goes wrong is raised: the watch's caller keeps it from the run."""
