"""A picture that is to be drawn, as a list of things with places.

Coordinates are shares of the canvas, x from the left and y from the top; sizes are shares of its shorter side.
"""

from dataclasses import dataclass

HORIZON = 0.60


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to draw; (x, y) is its middle, or its foot for what stands on the ground."""

    thing: str
    x: float
    y: float
    size: float
    colour: str | None = None
    lettering: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A picture to draw, back to front."""

    time: str | None
    """`night`, `day` or `sunset`; None for shapes on a plain backdrop."""
    grounds: frozenset[str]
    """Any of sea, lake, river, snow, meadow, sand."""
    has_shore: bool
    """Whether land lies in front of the sea."""
    items: tuple[Item, ...]
