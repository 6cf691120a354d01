"""Past runs and batches, wherever they are: in an out folder, or on a deployed stack."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from lambdas.core.storage.run_folder import RunFolder
    from retake.view.listing import Listing

Kind = Literal["run", "batch"]


@dataclass(frozen=True)
class Sheet:
    """A sheet on this machine."""

    path: Path
    notes: tuple[str, ...] = ()
    """Lines for the user: what was downloaded, and how long it works."""


class Entry(Protocol):
    """A past run or batch."""

    @property
    def kind(self) -> Kind:
        """Which of both it is."""

    @property
    def name(self) -> str:
        """The run id, or the batch id."""

    @property
    def folder(self) -> "RunFolder":
        """Its records."""

    @property
    def when(self) -> datetime | None:
        """The time of its result, or else of its first record; None if neither is known."""

    def describe_unfinished(self, plan: dict[str, Any]) -> dict[str, Any] | None:
        """Return the plan of an unfinished batch with the fields of summary.json that are known; None if none are."""

    def sheet(self, download: Path | None) -> Sheet:
        """Return its sheet, as a file on this machine.

        download: the folder to download its pictures into, too; None for the sheet alone.

        Raises:
            BadInputError: it has no sheet, or cannot be downloaded.
        """


class Archive(Protocol):
    """The past runs and batches in one place."""

    @property
    def place(self) -> str:
        """The name of the place in messages."""

    def rows(self, limit: int, batch_id: str | None = None) -> "Listing":
        """Return the newest rows, or with a batch id the items of that batch."""

    def find(self, name: str) -> Entry:
        """Return the run or batch with this name, this unique beginning of a name, or the newest for `last`.

        Raises:
            BadInputError: there is none, or the beginning fits several.
        """
