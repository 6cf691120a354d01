"""Mountains, forests and trees."""

import random

from standin.scenes.painter.canvas import Canvas, Colour, Pencil, Point, lighten
from standin.scenes.painter.plan import Item

_ROCK: Colour = (96, 106, 134)
_SNOW: Colour = (244, 248, 254)
_PINE: Colour = (34, 86, 66)
_LEAF: Colour = (62, 132, 62)
_BARK: Colour = (104, 68, 42)


def _draw_mountain(canvas: Canvas, item: Item, rng: random.Random, time: str, *, has_snow: bool) -> None:
    rock = lighten(_ROCK, -0.22) if time == "night" else _ROCK
    shade = lighten(rock, -0.2)
    top: Point = (rng.uniform(-0.04, 0.04), -0.62)
    left, right = [(-0.62, 0.02), (-0.40, -0.22), (-0.30, -0.20)], [(0.26, -0.27), (0.36, -0.24), (0.62, 0.02)]
    ridge = [*left, top, *right]

    def sketch(pencil: Pencil) -> None:
        pencil.polygon(ridge, rock)
        pencil.polygon([top, *right, (0.10, 0.02), (0.05, -0.2), (0.10, -0.36)], shade)
        if has_snow:
            west, east = _interpolate(top, left[-1], 0.69), _interpolate(top, right[0], 0.63)
            hem = [(-0.14, -0.27), (-0.07, -0.34), (0.0, -0.25), (0.07, -0.33), (0.13, -0.29)]
            pencil.polygon([top, west, *hem, east], _SNOW)
            pencil.polygon([top, *hem[3:], east], lighten(_SNOW, -0.07))

    canvas.put(item.x, item.y, item.size, (-0.64, -0.66, 0.64, 0.03), sketch)


def _interpolate(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def draw_mountain(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a mountain of bare rock."""
    _draw_mountain(canvas, item, rng, time, has_snow=False)


def draw_snowy_mountain(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a mountain with a white top."""
    _draw_mountain(canvas, item, rng, time, has_snow=True)


def draw_forest(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw two rows of pines, some twenty across a whole picture."""
    pine = lighten(_PINE, -0.25) if time == "night" else _PINE
    half = 0.54 if item.size >= 1 else 0.22
    count = 22 if item.size >= 1 else 10
    for row, shade in ((0, lighten(pine, 0.10)), (1, pine)):
        for number in range(count + row):
            x = item.x - half + 2 * half * (number + 0.5 - row * 0.5) / count
            size = rng.uniform(0.11, 0.15)

            def sketch(pencil: Pencil, shade: Colour = shade) -> None:
                for top, foot, wide in ((-1.0, -0.55, 0.20), (-0.78, -0.26, 0.28), (-0.5, 0.12, 0.36)):
                    pencil.polygon([(0, top), (wide, foot), (-wide, foot)], shade)

            canvas.put(x, item.y + 0.01, size, (-0.4, -1.02, 0.4, 0.14), sketch)


def draw_tree(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a leafy tree with a trunk."""
    leaf = lighten(_LEAF, -0.2) if time == "night" else _LEAF

    def sketch(pencil: Pencil) -> None:
        pencil.polygon([(-0.05, 0), (0.05, 0), (0.035, -0.5), (-0.035, -0.5)], _BARK)
        for x, y, radius in ((-0.17, -0.5, 0.18), (0.17, -0.5, 0.18), (0.0, -0.72, 0.22), (0, -0.52, 0.2)):
            pencil.ellipse(x, y, radius, radius, leaf)
        for x, y, radius in ((-0.15, -0.56, 0.1), (0.03, -0.8, 0.11), (0.15, -0.55, 0.09)):
            pencil.ellipse(x, y, radius, radius, lighten(leaf, 0.1))

    canvas.put(item.x, item.y, item.size, (-0.4, -1.0, 0.4, 0.03), sketch)


DRAW_FUNCTIONS = {
    "mountain": draw_mountain,
    "snowy mountain": draw_snowy_mountain,
    "forest": draw_forest,
    "tree": draw_tree,
}
