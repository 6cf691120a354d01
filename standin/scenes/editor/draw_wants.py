"""Painting the things of a prompt into a box of an existing picture."""

import random

from PIL import Image

from standin.scenes.judge.detect_all import detect_picture
from standin.scenes.judge.detection import Detections
from standin.scenes.language.scene import Scene, Want
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.canvas import Canvas
from standin.scenes.painter.draw_plan import draw_item
from standin.scenes.painter.plan import Item

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom are exclusive."""

_SHAPE = (-0.64, -0.64, 0.64, 0.64)
# Left, top, right and bottom of each thing, in units of its size, from its place.
_EXTENTS = {
    "cup": (-0.6, -0.6, 0.64, 0.6),
    "house": (-0.6, -1.0, 0.6, 0.02),
    "boat": (-0.6, -1.02, 0.62, 0.05),
    "bridge": (-1.32, -0.6, 1.32, 0.06),
    "lantern": (-0.3, -1.0, 0.3, 0.02),
    "fire": (-0.4, -1.0, 0.4, 0.06),
    "lighthouse": (-0.3, -1.02, 0.3, 0.02),
    "sign": (-0.76, -1.02, 0.76, 0.02),
    "tree": (-0.4, -1.0, 0.4, 0.03),
    "person": (-0.25, -1.0, 0.25, 0.02),
    "car": (-0.74, -0.7, 0.74, 0.08),
    "mountain": (-0.64, -0.66, 0.64, 0.03),
    "snowy mountain": (-0.64, -0.66, 0.64, 0.03),
    "sun": (-0.8, -0.8, 0.8, 0.8),
    "moon": (-0.52, -0.52, 0.52, 0.52),
    "full moon": (-0.52, -0.52, 0.52, 0.52),
    "crescent moon": (-0.52, -0.52, 0.52, 0.52),
    "clouds": (-0.58, -0.42, 0.58, 0.26),
    "birds": (-0.55, -0.3, 0.55, 0.3),
}
_MAX_SIZE = 0.5
_MAX_COUNT = 12
_DEFAULT_BIRDS = 3


def can_draw(want: Want) -> bool:
    """Return whether the thing can stand in a box: a circle or a house, but not a sea or an aurora."""
    return want.thing in _EXTENTS or things()[want.thing].group == "shape"


def select_missing(scene: Scene, detections: Detections) -> list[Want]:
    """Return the wants that can stand in a box and that a picture does not show yet."""
    missing = []
    for want in scene.present:
        found = [one for one in detections.of(want.thing) if want.colour is None or one.colour == want.colour]
        if can_draw(want) and len(found) < (want.count or 1):
            missing.append(want)
    return missing


def draw_wants(image: Image.Image, wants: list[Want], box: Box, rng: random.Random) -> Image.Image:
    """Return the picture with every want in a cell of its own in the box, from left to right or from top to bottom."""
    canvas = Canvas(*image.size)
    canvas.image.paste(image)
    time = detect_picture(image).time or "day"
    single = [want for want in wants for _ in range(_count(want))]
    for want, cell in zip(single, _split(box, len(single)), strict=True):
        draw_item(_place(want, cell, canvas), canvas, rng, time)
    return canvas.image


def _count(want: Want) -> int:
    return min(want.count or (_DEFAULT_BIRDS if want.thing == "birds" else 1), _MAX_COUNT)


def _split(box: Box, count: int) -> list[Box]:
    left, top, right, bottom = box
    if right - left >= bottom - top:
        edges = [left + (right - left) * step // max(1, count) for step in range(count + 1)]
        return [(edges[step], top, edges[step + 1], bottom) for step in range(count)]
    edges = [top + (bottom - top) * step // max(1, count) for step in range(count + 1)]
    return [(left, edges[step], right, edges[step + 1]) for step in range(count)]


def _place(want: Want, cell: Box, canvas: Canvas) -> Item:
    """Return the thing in the middle of the cell, as large as fits."""
    left, top, right, bottom = _EXTENTS.get(want.thing, _SHAPE)
    size_px = 0.94 * min((cell[2] - cell[0]) / (right - left), (cell[3] - cell[1]) / (bottom - top))
    size_px = min(size_px, _MAX_SIZE * canvas.side_px)
    return Item(
        thing=want.thing,
        x=((cell[0] + cell[2]) / 2 - (left + right) / 2 * size_px) / canvas.width_px,
        y=((cell[1] + cell[3]) / 2 - (top + bottom) / 2 * size_px) / canvas.height_px,
        size=max(size_px, 1.0) / canvas.side_px,
        colour=want.colour,
        lettering=want.lettering,
    )
