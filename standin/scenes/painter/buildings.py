"""Houses, boats, bridges, lanterns, fires and lighthouses."""

import random

from standin.scenes.painter import palette
from standin.scenes.painter.canvas import Canvas, Colour, Pencil, lighten
from standin.scenes.painter.plan import Item

_ROOF: Colour = (146, 66, 46)
_DOOR: Colour = (92, 60, 40)
_PLASTER: Colour = (244, 228, 196)
_STONE: Colour = (158, 146, 128)
_LAMPLIGHT: Colour = (255, 224, 130)
_GLASS: Colour = (150, 190, 210)


def draw_house(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw coloured walls, a dark red roof, a door and two windows, lit at night."""
    wall = palette.NAMED[item.colour] if item.colour else _PLASTER
    window = _LAMPLIGHT if time == "night" else _GLASS

    def sketch(pencil: Pencil) -> None:
        pencil.rectangle(0.22, -0.92, 0.34, -0.6, lighten(_ROOF, -0.2))
        pencil.rectangle(-0.44, -0.55, 0.44, 0.0, wall)
        pencil.rectangle(0.30, -0.55, 0.44, 0.0, lighten(wall, -0.08))
        pencil.polygon([(-0.56, -0.52), (0.0, -0.98), (0.56, -0.52)], _ROOF)
        pencil.rectangle(-0.09, -0.28, 0.09, 0.0, _DOOR)
        for x in (-0.28, 0.22):
            pencil.rectangle(x - 0.09, -0.42, x + 0.09, -0.22, (250, 250, 250))
            pencil.rectangle(x - 0.07, -0.40, x + 0.07, -0.24, window)

    canvas.put(item.x, item.y, item.size, (-0.58, -1.0, 0.58, 0.02), sketch)


def draw_boat(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a coloured hull with a white and a coral sail."""
    hull = palette.NAMED[item.colour] if item.colour else palette.NAMED["brown"]

    def sketch(pencil: Pencil) -> None:
        pencil.polygon([(-0.56, -0.2), (0.58, -0.2), (0.40, 0.02), (-0.40, 0.02)], hull)
        pencil.rectangle(-0.56, -0.22, 0.58, -0.17, lighten(hull, 0.1))
        pencil.rectangle(-0.02, -1.0, 0.01, -0.2, _DOOR)
        pencil.polygon([(0.04, -0.96), (0.04, -0.28), (0.48, -0.28)], (252, 247, 236))
        pencil.polygon([(-0.05, -0.88), (-0.05, -0.28), (-0.42, -0.28)], (240, 118, 92))

    canvas.put(item.x, item.y, item.size, (-0.6, -1.02, 0.6, 0.05), sketch)


def draw_bridge(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a stone bridge with three arches."""
    stone = lighten(_STONE, -0.08) if time == "night" else _STONE
    water = palette.WATER[time][0][1]

    def sketch(pencil: Pencil) -> None:
        deck = [(-1.3, -0.34), (-0.65, -0.46), (0.0, -0.5), (0.65, -0.46), (1.3, -0.34)]
        pencil.polygon([*deck, (1.3, 0.06), (-1.3, 0.06)], stone)
        pencil.line([(x, y - 0.04) for x, y in deck], 0.06, lighten(stone, 0.14))
        for x in (-0.78, 0.0, 0.78):
            pencil.pie(x, 0.06, 0.30, 180, 360, lighten(water, -0.12))

    canvas.put(item.x, item.y, item.size, (-1.32, -0.6, 1.32, 0.06), sketch)


def draw_lantern(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a lit paper lantern on a pole."""
    canvas.glow(item.x, item.y - 0.6 * item.size, item.size * 0.8, (255, 190, 90), 0.35)

    def sketch(pencil: Pencil) -> None:
        pencil.rectangle(-0.025, -0.4, 0.025, 0.0, _DOOR)
        pencil.ellipse(0, -0.62, 0.25, 0.29, (252, 150, 30))
        for x in (-0.13, 0.0, 0.13):
            pencil.line([(x, -0.88), (x * 1.2, -0.62), (x, -0.36)], 0.018, (236, 124, 20))
        pencil.rectangle(-0.12, -0.95, 0.12, -0.88, (40, 30, 28))
        pencil.rectangle(-0.12, -0.37, 0.12, -0.31, (40, 30, 28))

    canvas.put(item.x, item.y, item.size, (-0.3, -1.0, 0.3, 0.02), sketch)


def draw_fire(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw flames over crossed logs."""
    canvas.glow(item.x, item.y - 0.4 * item.size, item.size * 0.9, (255, 150, 60), 0.35)

    def sketch(pencil: Pencil) -> None:
        flame = [(-0.3, -0.1), (-0.32, -0.4), (-0.18, -0.62), (-0.16, -0.46), (0.0, -1.0), (0.1, -0.6), (0.2, -0.74)]
        flame += [(0.32, -0.38), (0.28, -0.1)]
        pencil.polygon(flame, (250, 84, 20))
        pencil.polygon([(-0.17, -0.08), (-0.14, -0.34), (0.0, -0.6), (0.13, -0.36), (0.16, -0.08)], (255, 206, 50))
        for side in (-1, 1):
            pencil.line([(-0.34 * side, 0.0), (0.34 * side, -0.13)], 0.09, _DOOR)

    canvas.put(item.x, item.y, item.size, (-0.4, -1.0, 0.4, 0.06), sketch)


def draw_lighthouse(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a white tower with two red bands and a lamp."""
    if time == "night":
        canvas.glow(item.x, item.y - 0.88 * item.size, item.size * 0.5, (255, 236, 160), 0.45)

    def sketch(pencil: Pencil) -> None:
        def half_width(y: float) -> float:
            return 0.19 + 0.07 * y

        def band(top: float, bottom: float, fill: Colour) -> None:
            pencil.polygon(
                [
                    (-half_width(top), top),
                    (half_width(top), top),
                    (half_width(bottom), bottom),
                    (-half_width(bottom), bottom),
                ],
                fill,
            )

        band(-0.78, 0.0, (250, 250, 250))
        band(-0.66, -0.50, (206, 44, 44))
        band(-0.34, -0.18, (206, 44, 44))
        pencil.rectangle(-0.17, -0.81, 0.17, -0.77, (50, 50, 56))
        pencil.rectangle(-0.1, -0.92, 0.1, -0.81, (255, 226, 110))
        pencil.polygon([(-0.14, -0.92), (0.0, -1.0), (0.14, -0.92)], (206, 44, 44))

    canvas.put(item.x, item.y, item.size, (-0.3, -1.02, 0.3, 0.02), sketch)


DRAW_FUNCTIONS = {
    "house": draw_house,
    "boat": draw_boat,
    "bridge": draw_bridge,
    "lantern": draw_lantern,
    "fire": draw_fire,
    "lighthouse": draw_lighthouse,
}
