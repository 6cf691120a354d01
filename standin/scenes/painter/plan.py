"""The plan of a picture: the things to draw and their places.

Coordinates are shares of the canvas: x from the left, y from the top. Sizes are shares of the shorter side.
"""

from dataclasses import dataclass

HORIZON = 0.60


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to draw. (x, y) is its centre, or its foot if it stands on the ground."""

    thing: str
    x: float
    y: float
    size: float
    colour: str | None = None
    lettering: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A picture to draw."""

    time: str | None
    """`night`, `day` or `sunset`. None: shapes on a plain backdrop."""
    backdrop: str | None = None
    """The colour behind shapes. None: pale grey."""
    grounds: frozenset[str]
    """Any of sea, lake, river, snow, meadow, sand."""
    has_shore: bool
    """Whether there is land in front of the sea."""
    items: tuple[Item, ...]
    """The things, back to front."""
