"""The search for free space, so that no thing hides another.

Coordinates are shares of the canvas: x from the left, y from the top. Sizes are shares of the shorter side.
"""

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Box:
    """The space of one thing."""

    x: float
    """Its centre."""
    half_width: float
    top: float
    bottom: float
    thing: str = ""

    def gap(self, other: "Box") -> float:
        """Return the horizontal gap to another box, negative if they overlap. 1 if one is above the other."""
        if self.bottom <= other.top or other.bottom <= self.top:
            return 1.0
        return abs(self.x - other.x) - self.half_width - other.half_width


@dataclass
class LayoutState:
    """The state of a layout in progress."""

    rng: random.Random
    aspect: float
    """Width / height of the canvas."""
    sides: dict[tuple[str, str | None], str]
    """The side of the picture that a relation puts a thing on, by the key of its want."""
    taken: list["Box"] = field(default_factory=list)
    """The space that is taken already."""

    @property
    def x_per_size(self) -> float:
        """Share of the width that a size of 1 takes."""
        return min(1.0, 1 / self.aspect)

    @property
    def y_per_size(self) -> float:
        """Share of the height that a size of 1 takes."""
        return min(1.0, self.aspect)


def x_range(place: str | None, half: float, within: tuple[float, float] = (0.0, 1.0)) -> tuple[float, float]:
    """Return the lowest and highest x for the centre of a thing, so that all of it is in the picture.

    `half`: half its width. `within`: further limits for the centre.
    """
    low, high = {"left": (0.0, 0.40), "right": (0.60, 1.0), "middle": (0.42, 0.58)}.get(place or "", (0.0, 1.0))
    low, high = max(low, within[0], half + 0.02), min(high, within[1], 1 - half - 0.02)
    return (low, high) if low <= high else ((low + high) / 2, (low + high) / 2)


def take_free_x(
    state: LayoutState,
    place: str | None,
    half: float,
    heights: tuple[float, float],
    *,
    within: tuple[float, float] = (0.0, 1.0),
    also_taken: tuple[Box, ...] = (),
    thing: str = "",
    ignored_thing: str | None = None,
) -> tuple[float, float]:
    """Find a free x between two heights, take the space, and return x and the gap to the nearest thing.

    If no free x is found in 60 tries, the least crowded one is used. `ignored_thing` may be covered.
    """
    low, high = x_range(place, half, within)
    best, best_gap = Box((low + high) / 2, half, *heights, thing), -1.0
    others = [box for box in (*state.taken, *also_taken) if not ignored_thing or box.thing != ignored_thing]
    for _ in range(60):
        box = Box(state.rng.uniform(low, high), half, *heights, thing)
        gap = min((box.gap(other) for other in others), default=1.0)
        if gap > best_gap:
            best, best_gap = box, gap
        if gap > 0.015:
            break
    state.taken.append(best)
    return best.x, best_gap
