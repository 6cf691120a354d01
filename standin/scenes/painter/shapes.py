"""Simple shapes. Each has a white rim with a thin grey edge, so that it stands out from any background."""

import math
import random

from standin.scenes.painter import palette
from standin.scenes.painter.canvas import Canvas, Colour, Pencil, Point
from standin.scenes.painter.plan import Item

_WHITE: Colour = (255, 255, 255)
_INK: Colour = (40, 42, 48)
_EDGE: Colour = (124, 128, 136)
_STALK: Colour = (74, 48, 30)
_CIRCLE = [(0.5 * math.cos(math.tau * s / 72), 0.5 * math.sin(math.tau * s / 72)) for s in range(72)]
_SQUARE = [(-0.45, -0.45), (0.45, -0.45), (0.45, 0.45), (-0.45, 0.45)]
_TRIANGLE = [(0.0, -0.48), (0.52, 0.42), (-0.52, 0.42)]
_DIAMOND = [(0.0, -0.54), (0.42, 0.0), (0.0, 0.54), (-0.42, 0.0)]


def _star_outline() -> list[Point]:
    points = []
    for step in range(10):
        reach = 0.54 if step % 2 == 0 else 0.225
        angle = math.pi * step / 5 - math.pi / 2
        points.append((reach * math.cos(angle), reach * math.sin(angle) + 0.03))
    return points


def _heart_outline() -> list[Point]:
    points = []
    for step in range(80):
        t = math.tau * step / 80
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x / 33, -(y + 2.5) / 33))
    return points


def _apple_outline() -> list[Point]:
    points = []
    for step in range(72):
        t = math.tau * step / 72
        # Two dents: a deep one at the stalk and a shallow one at the bottom.
        reach = (
            0.47
            - 0.10 * math.exp(-((t - math.pi * 1.5) ** 2) / 0.05)
            - 0.03 * math.exp(-((t - math.pi / 2) ** 2) / 0.04)
        )
        points.append((reach * math.cos(t) * 1.02, reach * math.sin(t) + 0.06))
    return points


_OUTLINES = {
    "circle": _CIRCLE,
    "square": _SQUARE,
    "triangle": _TRIANGLE,
    "star": _star_outline(),
    "heart": _heart_outline(),
    "diamond": _DIAMOND,
    "apple": _apple_outline(),
}


def draw_shape(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a shape with its rim."""
    colour = _pick_colour(item, rng)
    outline = _OUTLINES[item.thing]

    def sketch(pencil: Pencil) -> None:
        pencil.polygon(_expand(outline, _rim_width(item) + _edge_width(item)), _EDGE)
        pencil.polygon(_expand(outline, _rim_width(item)), _WHITE)
        if colour == palette.NAMED["white"]:
            pencil.polygon(_expand(outline, _line_width(item)), _INK)
        pencil.polygon(outline, colour)
        if item.thing == "apple":
            pencil.line([(0.0, -0.30), (0.05, -0.52)], 0.06, _STALK)

    canvas.put(item.x, item.y, item.size, (-0.8, -0.8, 0.8, 0.8), sketch)


def draw_cup(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a mug with its handle on the right."""
    colour = _pick_colour(item, rng)

    def sketch(pencil: Pencil) -> None:
        def body(grow: float, fill: Colour) -> None:
            top, bottom = -0.40 - grow, 0.42 + grow
            corners = [(-0.44 - grow, top), (0.24 + grow, top), (0.18 + grow, bottom), (-0.38 - grow, bottom)]
            pencil.polygon(corners, fill)
            pencil.ellipse(0.24, -0.02, 0.25 + grow, 0.25 + grow, fill)

        def hole(shrink: float, fill: Colour) -> None:
            pencil.pie(0.24, -0.02, 0.13 - shrink, -82, 82, fill)

        body(_rim_width(item) + _edge_width(item), _EDGE)
        body(_rim_width(item), _WHITE)
        if colour == palette.NAMED["white"]:
            body(_line_width(item), _INK)
        body(0.0, colour)
        hole(0.0, _INK if colour == palette.NAMED["white"] else _WHITE)
        hole(_line_width(item), _WHITE)

    canvas.put(item.x, item.y, item.size, (-0.75, -0.75, 0.8, 0.75), sketch)


def _pick_colour(item: Item, rng: random.Random) -> Colour:
    name = item.colour
    if name is None:
        name = "red" if item.thing in ("apple", "heart") else rng.choice(palette.DEFAULT_SHAPE_COLOURS)
    return palette.NAMED[name]


def _rim_width(item: Item) -> float:
    """Return the width of the white rim in the shape's units. The minimum keeps it visible in a small picture."""
    return max(0.075, 0.013 / item.size)


def _edge_width(item: Item) -> float:
    """Return the width of the grey edge, which separates the rim from snow."""
    return max(0.022, 0.006 / item.size)


def _line_width(item: Item) -> float:
    """Return the width of the line that separates a white shape from its rim."""
    return max(0.035, 0.0065 / item.size)


def _expand(outline: list[Point], by: float) -> list[Point]:
    """Move the outline outwards."""
    return [(x + by * dx, y + by * dy) for (x, y), (dx, dy) in zip(outline, _normals(outline), strict=True)]


def _normals(outline: list[Point]) -> list[Point]:
    """Return the outward direction at each corner. At sharp corners it is longer, so that the edges keep their distance."""
    found = []
    count = len(outline)
    turn = sum(
        outline[i][0] * outline[(i + 1) % count][1] - outline[(i + 1) % count][0] * outline[i][1] for i in range(count)
    )
    sign = 1.0 if turn > 0 else -1.0
    for index, (x, y) in enumerate(outline):
        before, after = outline[index - 1], outline[(index + 1) % count]
        first = _normalize((x - before[0], y - before[1]))
        second = _normalize((after[0] - x, after[1] - y))
        one, two = (first[1] * sign, -first[0] * sign), (second[1] * sign, -second[0] * sign)
        middle = _normalize((one[0] + two[0], one[1] + two[1]))
        reach = 1 / max(0.45, middle[0] * one[0] + middle[1] * one[1])
        found.append((middle[0] * reach, middle[1] * reach))
    return found


def _normalize(vector: Point) -> Point:
    length = math.hypot(*vector) or 1.0
    return vector[0] / length, vector[1] / length


DRAW_FUNCTIONS = {**dict.fromkeys(_OUTLINES, draw_shape), "cup": draw_cup}
