"""What the judge's answers are worth: precision, recall and agreement with people, each with its interval."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.core.request.requirement import KINDS

_Z_95 = 1.959964
"""Two-sided 95% of the normal distribution."""


@dataclass(frozen=True)
class Compared:
    """One requirement of one picture: what the judge said, and what a person did."""

    image: str
    id: str
    kind: str
    text: str
    observed: str
    judge_met: bool
    label_met: bool


@dataclass(frozen=True)
class Share:
    """A share of checks with its 95% interval (Wilson's score interval, which holds for few checks and for 0 and 1)."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, part: int, whole: int) -> "Share | None":
        """`part` of `whole`; None where there is nothing to take a share of."""
        if whole == 0:
            return None
        share, spread = part / whole, _Z_95**2 / whole
        middle = (share + spread / 2) / (1 + spread)
        half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
        return cls(share, max(0.0, middle - half), min(1.0, middle + half))

    def to_record(self) -> dict[str, float]:
        """To four digits."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


@dataclass(frozen=True)
class Measure:
    """The judge against people over some checks. Positive is "met"."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @classmethod
    def of(cls, compared: Iterable[Compared]) -> "Measure":
        """Count the four cases."""
        cases = [(one.judge_met, one.label_met) for one in compared]
        return cls(*(cases.count(case) for case in ((True, True), (True, False), (False, True), (False, False))))

    @property
    def checks(self) -> int:
        """How many there are."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def precision(self) -> Share | None:
        """Of what the judge calls met, the share that is."""
        return Share.of(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> Share | None:
        """Of what is met, the share that the judge calls so."""
        return Share.of(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def agreement(self) -> Share | None:
        """The share of checks in which judge and person say the same."""
        return Share.of(self.true_positives + self.true_negatives, self.checks)

    def to_record(self) -> dict[str, Any]:
        """Counts and shares."""
        shares = {"precision": self.precision, "recall": self.recall, "agreement": self.agreement}
        return {
            "checks": self.checks,
            "labelled_met": self.true_positives + self.false_negatives,
            "true_positives": self.true_positives,
            "false_positives": self.false_positives,
            "false_negatives": self.false_negatives,
            "true_negatives": self.true_negatives,
            **{name: share and share.to_record() for name, share in shares.items()},
        }


def by_kind(compared: Sequence[Compared]) -> dict[str, Measure]:
    """The measure of every kind that occurs, in the kinds' own order."""
    kinds = {one.kind for one in compared}
    return {kind: Measure.of(one for one in compared if one.kind == kind) for kind in KINDS if kind in kinds}
