"""The records of a run or a batch on this machine: files in its folder."""

from dataclasses import dataclass
from pathlib import Path

from lambdas.core.runtime.errors import RecordError
from lambdas.core.storage.run_folder import RunFolder


@dataclass(frozen=True)
class LocalFolder(RunFolder):
    """The folder of a run or a batch on this machine, read without S3. Records are named by their paths."""

    path: Path = Path()

    @classmethod
    def at(cls, path: Path) -> "LocalFolder":
        """Return the folder at this path."""
        return cls("", "", path.name, path)

    def s3_uri(self, name: str) -> str:
        """Return the path of a record: here, users know records by their paths."""
        return str(self.path / name) if name else str(self.path)

    def has(self, name: str) -> bool:
        """Return whether the record exists."""
        return (self.path / name).exists()

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a record, or None if it does not exist."""
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RecordError(f"{self.path / name}: cannot be read ({error.strerror or error})") from None

    def names(self, under: str = "") -> list[str]:
        """Return the names of all records whose names begin with `under`, sorted."""
        found = (path.relative_to(self.path) for path in self.path.rglob("*") if path.is_file())
        visible = (name.as_posix() for name in found if not any(part.startswith(".") for part in name.parts))
        return sorted(name for name in visible if name.startswith(under))
