"""What a measurement hands back: figures, each beside its target, and how they were taken."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Target:
    """What a figure must reach: Target("≤", 1.10)."""

    sign: Literal["≤", "<", "≥"]
    bound: float

    def is_met(self, value: float) -> bool:
        """Whether the value, not rounded, reaches the target."""
        if self.sign == "≥":
            return value >= self.bound
        return value < self.bound if self.sign == "<" else value <= self.bound


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number. Without a target it is there to explain the others."""

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
    """Rows for the reader, without targets: assumptions, or a comparison."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One measurement's part of docs/benchmarks.md."""

    title: str
    how: str
    """How it was measured, and what was left out."""
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...] = ()

    @property
    def missed(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.is_missed)
