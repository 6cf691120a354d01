"""The result of a measurement: its figures with their targets, and how they were measured."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Target:
    """The target of a figure, e.g. Target("≤", 1.10)."""

    sign: Literal["≤", "<", "≥"]
    bound: float

    def is_met(self, value: float) -> bool:
        """Return whether the unrounded value reaches the target."""
        if self.sign == "≥":
            return value >= self.bound
        return value < self.bound if self.sign == "<" else value <= self.bound


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number. A figure without a target explains the others."""

    name: str
    value: float
    unit: str = ""
    digits: int = 2
    target: Target | None = None

    @property
    def is_missed(self) -> bool:
        return self.target is not None and not self.target.is_met(self.value)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table without targets: assumptions, or a comparison."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """The section of one measurement in docs/benchmarks.md."""

    title: str
    how: str
    """How it was measured, and what was left out."""
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...] = ()

    @property
    def missed(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.is_missed)
