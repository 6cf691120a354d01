"""What the user finds a run's files by."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RunFiles:
    """Where the user finds a run's files, on this machine or in S3."""

    run_id: str
    folder: str | None
    """The run's folder: `out/run-1`, or `s3://bucket/generated-images/run-1`; None where there is none."""
    ceiling: str
    """What a user calls the deployment's ceiling."""
    whose_money: str = ""
    """What to know about the bill, after its sum."""

    @property
    def report(self) -> str:
        """The proof sheet."""
        # Imported here because a plan does without boto3.
        from lambdas.core.storage.run_folder import REPORT

        return f"{self.folder}/{REPORT}"

    def picture(self, image: dict[str, Any]) -> str:
        """The picture of a result."""
        return f"{self.folder}/{str(image['key']).rpartition(f'/{self.run_id}/')[2]}"
