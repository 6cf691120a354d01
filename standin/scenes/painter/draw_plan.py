"""Draws a plan, back to front."""

import random

from PIL import Image

from standin.scenes.painter import aurora, buildings, figures, grounds, landforms, palette, shapes, sign, sky
from standin.scenes.painter.canvas import Canvas
from standin.scenes.painter.plan import HORIZON, Item, Plan

_DRAW_FUNCTIONS = {
    **sky.DRAW_FUNCTIONS,
    **landforms.DRAW_FUNCTIONS,
    **buildings.DRAW_FUNCTIONS,
    **figures.DRAW_FUNCTIONS,
    **shapes.DRAW_FUNCTIONS,
    "aurora": aurora.draw_aurora,
    "sign": sign.draw_sign,
}
_BEHIND_GROUND = frozenset({*sky.DRAW_FUNCTIONS, *landforms.DRAW_FUNCTIONS, "aurora"}) - {"tree"}


def draw_plan(plan: Plan, rng: random.Random, width_px: int, height_px: int) -> Image.Image:
    """Return the picture of a plan."""
    canvas = Canvas(width_px, height_px)
    if plan.time is None:
        backdrop = palette.NAMED[plan.backdrop] if plan.backdrop else None
        canvas.fill_rows(0, 1, [(0.0, backdrop), (1.0, backdrop)] if backdrop else palette.BACKDROP)
    else:
        canvas.fill_rows(0, HORIZON + 0.01, palette.SKY[plan.time])
    behind = [item for item in plan.items if item.thing in _BEHIND_GROUND]
    for item in behind:
        draw_item(item, canvas, rng, plan.time or "day")
    if plan.time is not None:
        grounds.draw_ground(canvas, plan, rng)
    for item in plan.items:
        # Ice is drawn with the water, so that the shore covers it.
        if item not in behind and item.thing != "ice":
            draw_item(item, canvas, rng, plan.time or "day")
    return canvas.image


def draw_item(item: Item, canvas: Canvas, rng: random.Random, time: str) -> None:
    """Draw one thing. `time`: `night`, `day` or `sunset`."""
    _DRAW_FUNCTIONS[item.thing](canvas, item, rng, time)
