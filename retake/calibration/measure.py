"""Measure the judge against labels: precision, recall and agreement, each with its 95% interval."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.core.request.requirement import KINDS

_Z_95 = 1.959964
"""The two-sided 95% quantile of the normal distribution."""


@dataclass(frozen=True)
class Comparison:
    """One requirement of one picture, as the judge and the label see it."""

    image: str
    id: str
    kind: str
    text: str
    observed: str
    judge_met: bool
    label_met: bool
    judge_certain: bool = True
    label_certain: bool = True


@dataclass(frozen=True)
class Share:
    """A share of checks with its 95% interval: Wilson's score interval, which also works for few checks and for 0 and 1."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, part: int, whole: int) -> "Share | None":
        """Return `part` of `whole`, or None if `whole` is 0."""
        if whole == 0:
            return None
        share, spread = part / whole, _Z_95**2 / whole
        middle = (share + spread / 2) / (1 + spread)
        half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
        return cls(share, max(0.0, middle - half), min(1.0, middle + half))

    def to_record(self) -> dict[str, float]:
        """Return the share, rounded to four digits."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


@dataclass(frozen=True)
class Measure:
    """The confusion matrix of the judge over some checks. "Positive" means "met"."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    uncertain: int
    """The checks that the judge says it cannot decide. They are among the negatives."""
    uncertain_in_label: int
    """Those of them that a person cannot decide either."""

    @classmethod
    def of(cls, comparisons: Iterable[Comparison]) -> "Measure":
        """Count the cases."""
        compared = list(comparisons)
        cases = [(one.judge_met, one.label_met) for one in compared]
        uncertain = [one.label_certain for one in compared if not one.judge_certain]
        return cls(
            true_positives=cases.count((True, True)),
            false_positives=cases.count((True, False)),
            false_negatives=cases.count((False, True)),
            true_negatives=cases.count((False, False)),
            uncertain=len(uncertain),
            uncertain_in_label=uncertain.count(False),
        )

    @property
    def checks(self) -> int:
        """The number of checks."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def precision(self) -> Share | None:
        """Of the checks that the judge calls met, the share that is met."""
        return Share.of(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> Share | None:
        """Of the checks that are met, the share that the judge calls met."""
        return Share.of(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def agreement(self) -> Share | None:
        """The share of checks on which judge and label agree."""
        return Share.of(self.true_positives + self.true_negatives, self.checks)

    @property
    def cannot_tell(self) -> Share | None:
        """Of the checks that the judge says it cannot decide, the share that a person cannot decide either."""
        return Share.of(self.uncertain_in_label, self.uncertain)

    def to_record(self) -> dict[str, Any]:
        """Return the counts and the shares."""
        shares = {"precision": self.precision, "recall": self.recall, "agreement": self.agreement}
        shares["cannot_tell"] = self.cannot_tell
        return {
            "checks": self.checks,
            "labelled_met": self.true_positives + self.false_negatives,
            "true_positives": self.true_positives,
            "false_positives": self.false_positives,
            "false_negatives": self.false_negatives,
            "true_negatives": self.true_negatives,
            "uncertain": self.uncertain,
            **{name: share and share.to_record() for name, share in shares.items()},
        }


def measure_by_kind(comparisons: Sequence[Comparison]) -> dict[str, Measure]:
    """Return the measure of each kind that occurs, in the order of `KINDS`."""
    kinds = {one.kind for one in comparisons}
    return {kind: Measure.of(one for one in comparisons if one.kind == kind) for kind in KINDS if kind in kinds}
