"""Sun, moons, stars, meteors, clouds, rainbows and birds."""

import math
import random

from PIL import Image, ImageDraw

from standin.scenes.painter.canvas import Canvas, Colour, Pencil, lighten
from standin.scenes.painter.plan import Item

_MOONLIGHT: Colour = (252, 243, 208)
_SUNLIGHT: Colour = (255, 214, 64)
_RAINBOW: tuple[Colour, ...] = (
    (226, 52, 48), (244, 140, 32), (250, 214, 48), (70, 172, 74), (48, 110, 220), (128, 66, 186),
)  # fmt: skip


def draw_full_moon(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a pale disc with darker spots and a glow."""
    canvas.glow(item.x, item.y, item.size * 1.15, (96, 112, 196), 0.55 if time == "night" else 0.0)

    def sketch(pencil: Pencil) -> None:
        pencil.ellipse(0, 0, 0.5, 0.5, _MOONLIGHT)
        for x, y, radius in ((-0.16, -0.14, 0.12), (0.14, 0.02, 0.15), (-0.06, 0.22, 0.09), (0.2, -0.24, 0.06)):
            pencil.ellipse(x, y, radius, radius * 0.9, (240, 228, 188))

    canvas.put(item.x, item.y, item.size, (-0.52, -0.52, 0.52, 0.52), sketch)


def draw_crescent_moon(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a crescent that opens to the upper left."""
    canvas.glow(item.x, item.y, item.size, (96, 112, 196), 0.4 if time == "night" else 0.0)

    def sketch(pencil: Pencil) -> None:
        outer = [(0.5 * math.cos(a), 0.5 * math.sin(a)) for a in _angles(-60, 150)]
        inner = [(-0.2 + 0.46 * math.cos(a), -0.115 + 0.46 * math.sin(a)) for a in _angles(128, -38)]
        pencil.polygon(outer + inner, _MOONLIGHT)

    canvas.put(item.x, item.y, item.size, (-0.52, -0.52, 0.52, 0.52), sketch)


def draw_sun(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a yellow disc with rays and a glow."""
    canvas.glow(item.x, item.y, item.size * 1.6, (255, 232, 150), 0.5)

    def sketch(pencil: Pencil) -> None:
        for step in range(12):
            angle = step * math.pi / 6
            across = (0.035 * -math.sin(angle), 0.035 * math.cos(angle))
            near, far = (0.60, 0.78)
            pencil.polygon(
                [
                    (near * math.cos(angle) + across[0], near * math.sin(angle) + across[1]),
                    (far * math.cos(angle), far * math.sin(angle)),
                    (near * math.cos(angle) - across[0], near * math.sin(angle) - across[1]),
                ],
                _SUNLIGHT,
            )
        pencil.ellipse(0, 0, 0.5, 0.5, _SUNLIGHT)

    canvas.put(item.x, item.y, item.size, (-0.8, -0.8, 0.8, 0.8), sketch)


def draw_stars(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw eighty small stars, ten of them with rays."""
    for number in range(80):
        x, y = rng.uniform(0.02, 0.98), rng.uniform(0.02, 0.52)
        bright = number % 8 == 0
        size = rng.uniform(0.016, 0.024) if bright else rng.uniform(0.007, 0.010)

        def sketch(pencil: Pencil, bright: bool = bright) -> None:
            if bright:
                thin = 0.13
                points = [(0, -1), (thin, -thin), (1, 0), (thin, thin), (0, 1), (-thin, thin), (-1, 0), (-thin, -thin)]
                pencil.polygon(points, (255, 255, 250))
            pencil.ellipse(0, 0, 0.5, 0.5, (255, 255, 248))

        canvas.put(x, y, size, (-1.1, -1.1, 1.1, 1.1), sketch)


def draw_meteors(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw five streaks from the upper left, bright at the head."""
    for number in range(5):
        x, y = 0.12 + 0.19 * number + rng.uniform(-0.03, 0.03), rng.uniform(0.10, 0.38)

        def sketch(pencil: Pencil) -> None:
            pencil.polygon([(-1.0, -0.62), (0.0, -0.035), (-0.02, 0.035)], (206, 220, 255))
            pencil.polygon([(-0.5, -0.31), (0.0, -0.035), (-0.02, 0.035)], (255, 255, 255))
            pencil.ellipse(-0.01, 0, 0.045, 0.045, (255, 255, 255))

        canvas.put(x, y, rng.uniform(0.13, 0.18), (-1.05, -0.7, 0.1, 0.1), sketch)


def draw_cloud(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw four overlapping puffs with a flat base."""
    white: Colour = (214, 220, 234) if time == "night" else (252, 252, 254)
    shade = lighten(white, -0.05)
    puffs = [(-0.34, 0.0, 0.15), (-0.14, -0.1, 0.2), (0.1, -0.12, 0.22), (0.32, -0.02, 0.17)]
    puffs = [(x + rng.uniform(-0.02, 0.02), y, radius) for x, y, radius in puffs]

    def sketch(pencil: Pencil) -> None:
        for x, y, radius in puffs:
            pencil.ellipse(x, y + 0.03, radius, radius, shade)
        pencil.rectangle(-0.36, 0.0, 0.34, 0.16, shade)
        for x, y, radius in puffs:
            pencil.ellipse(x, y, radius * 0.94, radius * 0.94, white)

    canvas.put(item.x, item.y, item.size, (-0.56, -0.4, 0.56, 0.24), sketch)


def draw_rainbow(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw six bands from the left end of the horizon to the right one."""
    wide = 0.46 * canvas.width_px / canvas.side_px
    high = min(wide, 0.50 * canvas.height_px / canvas.side_px)
    band = 0.022
    backdrop = canvas.image.copy()

    def sketch(pencil: Pencil) -> None:
        for number, colour in enumerate(_RAINBOW):
            pencil.ellipse(0, 0, wide - band * number, high - band * number, colour)

    canvas.put(0.5, 0.60, 1.0, (-wide - 0.02, -high - 0.02, wide + 0.02, 0.0), sketch)
    # Restore the sky inside the bow.
    inner = Image.new("L", canvas.image.size)
    inset = band * len(_RAINBOW)
    middle_px, foot_px = 0.5 * canvas.width_px, 0.60 * canvas.height_px
    radius_x, radius_y = (wide - inset) * canvas.side_px, (high - inset) * canvas.side_px
    ImageDraw.Draw(inner).ellipse(
        [middle_px - radius_x, foot_px - radius_y, middle_px + radius_x, foot_px + radius_y], fill=255
    )
    canvas.image.paste(backdrop, (0, 0), inner)


def draw_bird(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a gull with raised wings, dark by day and pale by night."""
    feather: Colour = (176, 178, 182) if time == "night" else (30, 30, 36)

    def sketch(pencil: Pencil) -> None:
        for side in (-1, 1):
            pencil.polygon(
                [(0, 0.08), (side * 0.22, -0.14), (side * 0.5, -0.2), (side * 0.24, -0.04), (0, 0.2)], feather
            )

    canvas.put(item.x, item.y, item.size, (-0.55, -0.3, 0.55, 0.3), sketch)


def _angles(start: float, end: float) -> list[float]:
    return [math.radians(start + (end - start) * step / 48) for step in range(49)]


DRAW_FUNCTIONS = {
    "full moon": draw_full_moon,
    "moon": draw_full_moon,
    "crescent moon": draw_crescent_moon,
    "sun": draw_sun,
    "stars": draw_stars,
    "meteors": draw_meteors,
    "clouds": draw_cloud,
    "rainbow": draw_rainbow,
    "birds": draw_bird,
}
