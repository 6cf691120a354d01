"""Draws a plan, back to front."""

import random

from PIL import Image

from standin.scenes.painter import aurora, buildings, figures, grounds, landforms, palette, shapes, sign, sky
from standin.scenes.painter.canvas import Canvas
from standin.scenes.painter.plan import HORIZON, Item, Plan

_SKETCHES = {
    **sky.SKETCHES,
    **landforms.SKETCHES,
    **buildings.SKETCHES,
    **figures.SKETCHES,
    **shapes.SKETCHES,
    "aurora": aurora.draw_aurora,
    "sign": sign.draw_sign,
}
_BEFORE_GROUND = frozenset({*sky.SKETCHES, *landforms.SKETCHES, "aurora"}) - {"tree"}


def draw(plan: Plan, rng: random.Random, width_px: int, height_px: int) -> Image.Image:
    """The picture of a plan."""
    canvas = Canvas(width_px, height_px)
    if plan.time is None:
        canvas.fill_rows(0, 1, palette.BACKDROP)
    else:
        canvas.fill_rows(0, HORIZON + 0.01, palette.SKY[plan.time])
    behind = [item for item in plan.items if item.thing in _BEFORE_GROUND]
    for item in behind:
        _sketch(item, canvas, rng, plan)
    if plan.time is not None:
        grounds.draw_ground(canvas, plan, rng)
    for item in plan.items:
        # The ice lies under the shore: it was drawn with the water.
        if item not in behind and item.thing != "ice":
            _sketch(item, canvas, rng, plan)
    return canvas.image


def _sketch(item: Item, canvas: Canvas, rng: random.Random, plan: Plan) -> None:
    _SKETCHES[item.thing](canvas, item, rng, plan.time or "day")
