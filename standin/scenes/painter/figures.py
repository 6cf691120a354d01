"""People and cars. Most prompts name them only to exclude them."""

import random

from standin.scenes.painter import palette
from standin.scenes.painter.canvas import Canvas, Colour, Pencil, lighten
from standin.scenes.painter.plan import Item

_SKIN: Colour = (232, 182, 142)
_COAT: Colour = (176, 44, 140)
_DARK: Colour = (24, 24, 28)


def draw_person(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a person in a magenta coat."""

    def sketch(pencil: Pencil) -> None:
        for x in (-0.07, 0.07):
            pencil.rectangle(x - 0.045, -0.3, x + 0.045, 0.0, _DARK)
        pencil.polygon([(-0.13, -0.7), (0.13, -0.7), (0.22, -0.24), (-0.22, -0.24)], _COAT)
        pencil.ellipse(0, -0.82, 0.12, 0.12, _SKIN)
        pencil.pie(0, -0.84, 0.125, 190, 350, _DARK)

    canvas.put(item.x, item.y, item.size, (-0.25, -1.0, 0.25, 0.02), sketch)


def draw_car(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a small coloured car from the side."""
    body = palette.NAMED[item.colour] if item.colour else palette.NAMED["red"]

    def sketch(pencil: Pencil) -> None:
        pencil.polygon([(-0.42, -0.36), (-0.26, -0.66), (0.22, -0.66), (0.44, -0.36)], lighten(body, -0.05))
        pencil.polygon([(-0.33, -0.38), (-0.22, -0.6), (-0.03, -0.6), (-0.03, -0.38)], (206, 228, 236))
        pencil.polygon([(0.03, -0.38), (0.03, -0.6), (0.19, -0.6), (0.34, -0.38)], (206, 228, 236))
        pencil.rectangle(-0.7, -0.38, 0.7, -0.12, body)
        for x in (-0.42, 0.42):
            pencil.ellipse(x, -0.13, 0.18, 0.18, _DARK)
            pencil.ellipse(x, -0.13, 0.085, 0.085, (206, 208, 212))

    canvas.put(item.x, item.y, item.size, (-0.74, -0.7, 0.74, 0.08), sketch)


DRAW_FUNCTIONS = {"person": draw_person, "car": draw_car}
