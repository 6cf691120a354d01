"""The files of a run, as they are named to the user."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RunFiles:
    """The paths of a run's files, on this machine or in S3."""

    run_id: str
    folder: str | None
    """The run's folder: `out/run-1`, or `s3://bucket/generated-images/run-1`; None if there is none."""
    names: frozenset[str] | None = None
    """The names of its files; None if they have not been listed."""

    @property
    def report(self) -> str:
        """The path of the proof sheet."""
        # Imported here because plans must not import boto3.
        from lambdas.core.runtime.records import REPORT

        return f"{self.folder}/{REPORT}"

    def picture(self, image: dict[str, Any]) -> str:
        """Return the path of the picture of a result, with a note if its file is missing."""
        # A copied or renamed folder has another place than the key: only `r00/a01/image-1.png` is the same.
        name = "/".join(str(image["key"]).split("/")[-3:])
        is_missing = self.names is not None and name not in self.names
        return f"{self.folder}/{name}{'  (missing)' if is_missing else ''}"
