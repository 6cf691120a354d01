"""A run's folder without S3."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from lambdas.core.storage.run_folder import RunFolder


@dataclass(frozen=True)
class MemoryFolder(RunFolder):
    """A run's folder whose records are in `files`, by name."""

    files: dict[str, bytes] = field(default_factory=dict)

    def url(self, name: str = "") -> str:
        return f"https://{self.bucket}.s3.us-west-2.amazonaws.com/{quote(self.key(name)) if name else ''}"

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def write(self, name: str, body: bytes, content_type: str) -> None:
        self.files[name] = body

    def claim(self, name: str, document: dict[str, Any]) -> bool:
        if name in self.files:
            return False
        self.write_json(name, document)
        return True

    def names(self, under: str = "") -> list[str]:
        return sorted(name for name in self.files if name.startswith(under))
