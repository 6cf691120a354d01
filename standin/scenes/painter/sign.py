"""Wooden signs with lettering."""

import random

from PIL import Image, ImageDraw, ImageFont

from standin.scenes.painter.canvas import Canvas, Pencil
from standin.scenes.painter.plan import Item

_BOARD = (246, 236, 210)
_FRAME = (92, 60, 40)
_LETTERS = (28, 26, 30)


def draw_sign(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw a pale board with a dark frame on a post. The lettering fills the board."""

    def sketch(pencil: Pencil) -> None:
        pencil.rectangle(-0.05, -0.5, 0.05, 0.0, _FRAME)
        pencil.rectangle(-0.74, -1.0, 0.74, -0.38, _FRAME)
        pencil.rectangle(-0.69, -0.95, 0.69, -0.43, _BOARD)

    canvas.put(item.x, item.y, item.size, (-0.76, -1.02, 0.76, 0.02), sketch)
    if item.lettering:
        _draw_lettering(canvas, item, item.lettering)


def _draw_lettering(canvas: Canvas, item: Item, lettering: str) -> None:
    wide_px, high_px = 1.26 * item.size * canvas.side_px, 0.36 * item.size * canvas.side_px
    font = ImageFont.load_default(size=100)
    left, top, right, bottom = font.getbbox(lettering)
    margin = 6
    large = Image.new("L", (round(right - left) + 2 * margin, round(bottom - top) + 2 * margin))
    ImageDraw.Draw(large).text((margin - left, margin - top), lettering, font=font, fill=255)
    shrink = min(wide_px / large.width, high_px / large.height)
    mask = large.resize((max(1, round(large.width * shrink)), max(1, round(large.height * shrink))))
    middle_px = (item.x * canvas.width_px, item.y * canvas.height_px - 0.69 * item.size * canvas.side_px)
    at = (round(middle_px[0] - mask.width / 2), round(middle_px[1] - mask.height / 2))
    canvas.image.paste(Image.new("RGB", mask.size, _LETTERS), at, mask)
