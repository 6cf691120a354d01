"""The files of a run, as they are named to the user."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RunFiles:
    """The paths of a run's files, on this machine or in S3."""

    run_id: str
    folder: str | None
    """The run's folder: `out/run-1`, or `s3://bucket/generated-images/run-1`; None if there is none."""

    @property
    def report(self) -> str:
        """The path of the proof sheet."""
        # Imported here because plans must not import boto3.
        from lambdas.core.runtime.records import REPORT

        return f"{self.folder}/{REPORT}"

    def picture(self, image: dict[str, Any]) -> str:
        """Return the path of the picture of a result."""
        return f"{self.folder}/{str(image['key']).rpartition(f'/{self.run_id}/')[2]}"
