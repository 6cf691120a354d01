"""The lower part of a landscape: sea, lake, river, snow, meadow or sand, and the ice on the water."""

import random

from PIL import Image, ImageDraw

from standin.scenes.painter import palette
from standin.scenes.painter.canvas import Canvas, Colour, Pencil, Point, lighten
from standin.scenes.painter.plan import HORIZON, Item, Plan

SHORE_Y = 0.86
_ICE: Colour = (222, 240, 248)
_REFLECTIONS: dict[str, Colour] = {
    "full moon": (236, 228, 190),
    "moon": (236, 228, 190),
    "crescent moon": (214, 210, 180),
    "sun": (255, 220, 130),
}


def draw_ground(canvas: Canvas, plan: Plan, rng: random.Random) -> None:
    """Draw everything below the horizon except the objects."""
    has_ice = any(item.thing == "ice" for item in plan.items)
    time = plan.time or "day"
    land = next((ground for ground in ("snow", "sand", "meadow") if ground in plan.grounds), "meadow")
    if "sea" in plan.grounds:
        canvas.fill_rows(HORIZON, 1, palette.WATER[time])
        _draw_waves(canvas, rng, time, HORIZON + 0.02, 0.97)
        for light in plan.items:
            if light.thing in _REFLECTIONS:
                _draw_reflection(canvas, light, rng)
        if has_ice:
            _draw_ice(canvas, plan, rng)
        if plan.has_shore:
            _draw_shore(canvas, land, time)
    else:
        canvas.fill_rows(HORIZON, 1, palette.GROUND[land][time])
    if "lake" in plan.grounds:
        _draw_lake(canvas, time)
    if "river" in plan.grounds:
        _draw_river(canvas, time)
    if has_ice and "sea" not in plan.grounds:
        _draw_ice(canvas, plan, rng)


def _draw_waves(canvas: Canvas, rng: random.Random, time: str, top: float, bottom: float) -> None:
    crest = lighten(palette.WATER[time][0][1], 0.16)
    for _ in range(34):
        y = rng.uniform(top, bottom)
        depth = (y - HORIZON) / (1 - HORIZON)

        def sketch(pencil: Pencil) -> None:
            pencil.polygon([(-1, 0), (0, -0.035), (1, 0), (0, 0.03)], crest)

        canvas.put(rng.uniform(0, 1), y, 0.02 + 0.05 * depth, (-1, -0.1, 1, 0.1), sketch)


def _draw_reflection(canvas: Canvas, light: Item, rng: random.Random) -> None:
    """Draw the reflection of the sun or the moon on the water."""
    for step in range(16):
        depth = (step + 0.5) / 16
        y = HORIZON + 0.012 + 0.36 * depth
        x = light.x + rng.uniform(-0.02, 0.02) * (0.5 + depth)

        def sketch(pencil: Pencil) -> None:
            pencil.polygon([(-1, 0), (0, -0.05), (1, 0), (0, 0.05)], _REFLECTIONS[light.thing])

        canvas.put(x, y, (0.02 + 0.05 * depth) * rng.uniform(0.5, 1.0), (-1, -0.1, 1, 0.1), sketch)


def _draw_shore(canvas: Canvas, land: str, time: str) -> None:
    """Draw the land in front of the sea. It rises to both sides."""
    below = canvas.image.copy()
    canvas.fill_rows(SHORE_Y - 0.04, 1, palette.GROUND[land][time])
    shore = canvas.image
    canvas.image = below
    mask = Image.new("L", (canvas.width_px, canvas.height_px))
    width, height = canvas.width_px, canvas.height_px
    line = [(0, SHORE_Y - 0.03), (0.3, SHORE_Y), (0.6, SHORE_Y + 0.005), (1, SHORE_Y - 0.02), (1, 1), (0, 1)]
    ImageDraw.Draw(mask).polygon([(x * width, y * height) for x, y in line], fill=255)
    canvas.image.paste(shore, (0, 0), mask)


def _draw_lake(canvas: Canvas, time: str) -> None:
    stops = palette.WATER[time]
    wide = 0.36 * canvas.width_px / canvas.side_px
    high = 0.085 * canvas.height_px / canvas.side_px

    def sketch(pencil: Pencil) -> None:
        pencil.ellipse(0, 0, wide, high, lighten(stops[0][1], -0.12))
        pencil.ellipse(0, high * 0.08, wide * 0.97, high * 0.92, stops[0][1])
        for x, y in ((-0.3, -0.2), (0.2, 0.1), (-0.1, 0.45), (0.45, -0.3)):
            pencil.ellipse(x * wide, y * high, wide * 0.12, high * 0.03, lighten(stops[0][1], 0.16))

    canvas.put(0.5, 0.75, 1.0, (-wide, -high, wide, high), sketch)


def _draw_river(canvas: Canvas, time: str) -> None:
    stops = palette.WATER[time]
    wide = canvas.width_px / canvas.side_px
    high = (1 - HORIZON) * canvas.height_px / canvas.side_px
    middle = [(0.0, 0.02, 0.02), (0.10, 0.07, 0.035), (0.25, 0.05, 0.06), (0.45, -0.06, 0.09), (0.7, -0.05, 0.13)]
    middle.append((1.0, 0.03, 0.17))

    def sketch(pencil: Pencil) -> None:
        left = [((x - half) * wide, down * high) for down, x, half in middle]
        right = [((x + half) * wide, down * high) for down, x, half in reversed(middle)]
        pencil.polygon(left + right, stops[0][1])
        for down, x, half in middle[2:5]:
            pencil.ellipse(x * wide, (down + 0.06) * high, half * 0.5 * wide, 0.006 * wide, lighten(stops[0][1], 0.16))

    canvas.put(0.5, HORIZON, 1.0, (-0.3 * wide, 0.0, 0.3 * wide, high), sketch)


def _draw_ice(canvas: Canvas, plan: Plan, rng: random.Random) -> None:
    """Draw floes on the water, small far away and large close by."""
    left, top, right, bottom = _water_box(plan)
    for number in range(18):
        y = top + (bottom - top) * (number / 17) ** 1.2
        x = left + (right - left) * ((number * 0.382 + rng.uniform(-0.04, 0.04)) % 1.0)
        points = [
            (reach * _COSINES[step], 0.32 * reach * _SINES[step])
            for step, reach in enumerate(rng.uniform(0.75, 1.0) for _ in range(7))
        ]

        def sketch(pencil: Pencil, points: list[Point] = points) -> None:
            pencil.polygon([(px, py + 0.10) for px, py in points], lighten(_ICE, -0.28))
            pencil.polygon(points, _ICE)

        size = 0.03 + 0.07 * (y - HORIZON) / (1 - HORIZON)
        canvas.put(x, y, size if right - left > 0.5 else size * 0.6, (-1.05, -0.5, 1.05, 0.55), sketch)


def _water_box(plan: Plan) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of the water that ice can float on."""
    if "sea" in plan.grounds:
        return 0.0, 0.635, 1.0, 0.83 if plan.has_shore else 0.965
    return (0.25, 0.70, 0.75, 0.80) if "lake" in plan.grounds else (0.40, 0.71, 0.54, 0.92)


_COSINES = (1.0, 0.623, -0.223, -0.901, -0.901, -0.223, 0.623)
_SINES = (0.0, 0.782, 0.975, 0.434, -0.434, -0.975, -0.782)
