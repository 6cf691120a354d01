"""The table of requirements and attempts: what was asked, what the judge saw in the best picture, a mark an attempt."""

from dataclasses import dataclass
from typing import Any

from lambdas.core.report.frame import find_checks
from lambdas.core.report.passage import Passage, build_passage
from lambdas.core.run.history import Attempt, Finding, History, finding_of

_OBSERVED_CHARS = 2_000
# The rows of a table stay low, so a text is folded earlier here.
_FOLD_CHARS = 160


@dataclass(frozen=True)
class AttemptColumn:
    """One attempt that was judged."""

    wording: int
    attempt: int
    is_chosen: bool


@dataclass(frozen=True)
class RequirementRow:
    """One requirement, and the judge's findings about it."""

    text: Passage
    kind: str
    """Empty if the kind says nothing."""
    must: bool
    observed: Passage | None
    """The judge's observation in the best picture; None if that picture was never judged."""
    marks: list[Finding | None]
    """The finding about the best candidate of each column's attempt."""

    @property
    def is_echo(self) -> bool:
        """Whether the judge saw the requirement in its own words."""
        return self.observed is not None and self.observed.text.casefold() == self.text.text.casefold()

    @property
    def met_in(self) -> int:
        """The number of attempts that meet it."""
        return self.marks.count("met")


def build_columns(history: History) -> list[AttemptColumn]:
    """Return the columns of the table."""
    return [AttemptColumn(one.revision + 1, one.attempt, one is history.best) for one in _judged(history)]


def build_rows(history: History) -> list[RequirementRow]:
    """Return the rows of the table, in the order of the requirements."""
    by_attempt = [_best_checks(attempt) for attempt in _judged(history)]
    shown = _best_checks(history.best) if history.best else {}
    return [
        RequirementRow(
            text=build_passage(item.text, fold_chars=_FOLD_CHARS),
            kind="" if item.kind == "other" else item.kind,
            must=item.must,
            observed=build_passage(shown[item.id]["observed"], max_chars=_OBSERVED_CHARS, fold_chars=_FOLD_CHARS)
            if item.id in shown
            else None,
            marks=[finding_of(checks[item.id]) if item.id in checks else None for checks in by_attempt],
        )
        for item in history.requirements
    ]


def _judged(history: History) -> list[Attempt]:
    return [attempt for attempt in history.attempts if attempt.verdict]


def _best_checks(attempt: Attempt) -> dict[str, dict[str, Any]]:
    return find_checks(attempt, attempt.verdict["candidate"]) if attempt.verdict else {}
