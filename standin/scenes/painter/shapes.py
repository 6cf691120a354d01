"""Simple shapes, each with a white rim and a thin edge like a sticker's, so that they stand out from any ground."""

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


def _star() -> list[Point]:
    points = []
    for step in range(10):
        reach = 0.54 if step % 2 == 0 else 0.225
        angle = math.pi * step / 5 - math.pi / 2
        points.append((reach * math.cos(angle), reach * math.sin(angle) + 0.03))
    return points


def _heart() -> list[Point]:
    points = []
    for step in range(80):
        t = math.tau * step / 80
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x / 33, -(y + 2.5) / 33))
    return points


def _apple() -> list[Point]:
    points = []
    for step in range(72):
        t = math.tau * step / 72
        # Two dents, a deep one at the stalk and a shallow one below.
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
    "star": _star(),
    "heart": _heart(),
    "diamond": _DIAMOND,
    "apple": _apple(),
}


def draw_shape(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """The shape, its rim and a soft shadow below."""
    colour = _colour(item, rng)
    outline = _OUTLINES[item.thing]

    def sketch(pencil: Pencil) -> None:
        pencil.polygon(_grown(outline, _rim(item) + _edge(item)), _EDGE)
        pencil.polygon(_grown(outline, _rim(item)), _WHITE)
        if colour == palette.NAMED["white"]:
            pencil.polygon(_grown(outline, _line(item)), _INK)
        pencil.polygon(outline, colour)
        if item.thing == "apple":
            pencil.line([(0.0, -0.30), (0.05, -0.52)], 0.06, _STALK)

    canvas.put(item.x, item.y, item.size, (-0.8, -0.8, 0.8, 0.8), sketch)


def draw_cup(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """A mug with its handle to the right."""
    colour = _colour(item, rng)

    def sketch(pencil: Pencil) -> None:
        def body(grow: float, fill: Colour) -> None:
            top, bottom = -0.40 - grow, 0.42 + grow
            corners = [(-0.44 - grow, top), (0.24 + grow, top), (0.18 + grow, bottom), (-0.38 - grow, bottom)]
            pencil.polygon(corners, fill)
            pencil.ellipse(0.24, -0.02, 0.25 + grow, 0.25 + grow, fill)

        def hole(shrink: float, fill: Colour) -> None:
            pencil.pie(0.24, -0.02, 0.13 - shrink, -82, 82, fill)

        body(_rim(item) + _edge(item), _EDGE)
        body(_rim(item), _WHITE)
        if colour == palette.NAMED["white"]:
            body(_line(item), _INK)
        body(0.0, colour)
        hole(0.0, _INK if colour == palette.NAMED["white"] else _WHITE)
        hole(_line(item), _WHITE)

    canvas.put(item.x, item.y, item.size, (-0.75, -0.75, 0.8, 0.75), sketch)


def _colour(item: Item, rng: random.Random) -> Colour:
    name = item.colour
    if name is None:
        name = "red" if item.thing in ("apple", "heart") else rng.choice(palette.DEFAULT_SHAPE_COLOURS)
    return palette.NAMED[name]


def _rim(item: Item) -> float:
    """Breadth of the white rim, in the shape's units: never so thin that it is lost in a small picture."""
    return max(0.075, 0.013 / item.size)


def _edge(item: Item) -> float:
    """Breadth of the thin line around the rim, which keeps it apart from snow."""
    return max(0.022, 0.006 / item.size)


def _line(item: Item) -> float:
    """Breadth of the line that parts a white shape from its rim."""
    return max(0.035, 0.0065 / item.size)


def _grown(outline: list[Point], by: float) -> list[Point]:
    """The outline pushed outwards: a rounded line around it is enough at this scale."""
    return [(x + by * dx, y + by * dy) for (x, y), (dx, dy) in zip(outline, _normals(outline), strict=True)]


def _normals(outline: list[Point]) -> list[Point]:
    """Outward direction at each corner, long enough at sharp corners that the edges keep their distance."""
    found = []
    count = len(outline)
    turn = sum(
        outline[i][0] * outline[(i + 1) % count][1] - outline[(i + 1) % count][0] * outline[i][1] for i in range(count)
    )
    sign = 1.0 if turn > 0 else -1.0
    for index, (x, y) in enumerate(outline):
        before, after = outline[index - 1], outline[(index + 1) % count]
        first = _unit((x - before[0], y - before[1]))
        second = _unit((after[0] - x, after[1] - y))
        one, two = (first[1] * sign, -first[0] * sign), (second[1] * sign, -second[0] * sign)
        middle = _unit((one[0] + two[0], one[1] + two[1]))
        reach = 1 / max(0.45, middle[0] * one[0] + middle[1] * one[1])
        found.append((middle[0] * reach, middle[1] * reach))
    return found


def _unit(vector: Point) -> Point:
    length = math.hypot(*vector) or 1.0
    return vector[0] / length, vector[1] / length


SKETCHES = {**dict.fromkeys(_OUTLINES, draw_shape), "cup": draw_cup}
