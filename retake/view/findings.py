"""The findings of `retake doctor`, a line each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "FAIL"]


@dataclass(frozen=True)
class Finding:
    """One checked subject."""

    level: Level
    """FAIL: a run would fail. warn: a run may fail, or be slow, or the check was not possible."""
    subject: str
    finding: str
    fix: str = ""

    def format(self) -> str:
        """Return `warn  quota: 60 requests a minute; set max_concurrency to 12`."""
        return f"{self.level:<4}  {self.subject}: {self.finding}" + (f"; {self.fix}" if self.fix else "")


def has_failure(findings: Iterable[Finding]) -> bool:
    """Return whether a run would fail."""
    return any(finding.level == "FAIL" for finding in findings)
