"""How a watch reads the records of a run."""

from typing import Any, Protocol


class Records(Protocol):
    """The records of one run, by their names inside its folder."""

    def has(self, name: str) -> bool:
        """Whether the record exists."""

    def require_json(self, name: str) -> dict[str, Any]:
        """Return the record. Errors are raised; the watch's caller handles them, so that they do not fail the run."""
