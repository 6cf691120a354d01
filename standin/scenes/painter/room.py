"""Finding room for things, so that nothing hides another.

Coordinates are shares of the canvas, x from the left and y from the top; sizes are shares of its shorter side.
"""

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Box:
    """The room one thing takes."""

    x: float
    half_width: float
    top: float
    bottom: float
    thing: str = ""

    def gap(self, other: "Box") -> float:
        """How far apart two boxes are sideways; below 0 they overlap, 1 when they are at different heights."""
        if self.bottom <= other.top or other.bottom <= self.top:
            return 1.0
        return abs(self.x - other.x) - self.half_width - other.half_width


@dataclass
class Desk:
    """What is known while the places are being chosen."""

    rng: random.Random
    aspect: float
    """Width / height of the canvas."""
    sides: dict[tuple[str, str | None], str]
    """Side of the picture that a relation gives a thing."""
    taken: list["Box"] = field(default_factory=list)
    """What stands somewhere already."""

    @property
    def x_per_size(self) -> float:
        """Share of the width that a size of 1 takes."""
        return min(1.0, 1 / self.aspect)

    @property
    def y_per_size(self) -> float:
        """Share of the height that a size of 1 takes."""
        return min(1.0, self.aspect)


def span(place: str | None, half: float, within: tuple[float, float] = (0.0, 1.0)) -> tuple[float, float]:
    """Where the middle of something may lie, sideways; all of it stays in the picture."""
    low, high = {"left": (0.0, 0.40), "right": (0.60, 1.0), "middle": (0.42, 0.58)}.get(place or "", (0.0, 1.0))
    low, high = max(low, within[0], half + 0.02), min(high, within[1], 1 - half - 0.02)
    return (low, high) if low <= high else ((low + high) / 2, (low + high) / 2)


def free_x(
    desk: Desk,
    place: str | None,
    half: float,
    heights: tuple[float, float],
    *,
    within: tuple[float, float] = (0.0, 1.0),
    also_taken: tuple[Box, ...] = (),
    thing: str = "",
    ignoring: str | None = None,
) -> tuple[float, float]:
    """An x where nothing is in the way between two heights, or the least crowded one found; and the room there."""
    low, high = span(place, half, within)
    best, best_room = Box((low + high) / 2, half, *heights, thing), -1.0
    others = [box for box in (*desk.taken, *also_taken) if not ignoring or box.thing != ignoring]
    for _ in range(60):
        box = Box(desk.rng.uniform(low, high), half, *heights, thing)
        room = min((box.gap(other) for other in others), default=1.0)
        if room > best_room:
            best, best_room = box, room
        if room > 0.015:
            break
    desk.taken.append(best)
    return best.x, best_room
