"""A picture that may go into a training set."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A picture with its caption, not read yet."""

    name: str
    """Its run, or its path below the folder. Unique in a set."""
    read: Callable[[], bytes]
    caption: str
    """Empty if it has none."""
    is_painted: bool = False
    """Whether the stand-in made it."""


@dataclass(frozen=True)
class Refused:
    """A picture that is left out of the set."""

    name: str
    reason: str


Found = list[Candidate | Refused]
