"""Pictures that resemble given ones: smaller, moved, in slightly other colours."""

import random

import numpy as np
from PIL import Image, ImageOps

from standin.scenes.editor.draw_wants import Box, draw_wants, select_missing
from standin.scenes.editor.edit import Edit, Mishap
from standin.scenes.editor.outpaint import extend
from standin.scenes.judge.detect_all import detect_picture
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.painter import paint

_IGNORE_STRENGTH = 0.9
"""From this strength on, image-to-image does not look at the picture."""
_OTHER_HUE_DEGREES = 150


def vary(images: list[Image.Image], similarity: float, size_px: tuple[int, int], edit: Edit) -> Image.Image:
    """Return a variation of one of the pictures. `similarity`: 0 to 1; the lower, the more differs."""
    rng = edit.rng
    picture = images[(edit.candidate + rng.randrange(len(images))) % len(images)].convert("RGB")
    if edit.mishap is Mishap.MISSED:
        return _put(picture, 1.0, (0.5, 0.5), size_px, edit)
    amount = 1 - similarity
    moved = _put(picture, 0.9 - 0.15 * amount, (rng.choice((0.1, 0.9)), rng.choice((0.1, 0.9))), size_px, edit)
    degrees = rng.choice((-1, 1)) * (1 + 4 * amount)
    if edit.mishap is Mishap.TOO_MUCH:
        degrees, moved = _OTHER_HUE_DEGREES, ImageOps.mirror(moved)
    result = _turn_hue(moved, degrees, 1 - rng.uniform(0, 0.05))
    wants = select_missing(parse_scene(edit.prompt, "en"), detect_picture(result))
    if wants:
        result = draw_wants(result, wants, _free_cell(result, rng), rng)
    if edit.mishap is Mishap.TRACE:
        return Image.blend(result, _put(picture, 1.0, (0.5, 0.5), size_px, edit), 0.4)
    return result


def _free_cell(picture: Image.Image, rng: random.Random) -> Box:
    """Return a ninth of the picture in which nothing stands, or any if there is none."""
    boxes = [one.box for one in detect_picture(picture).found if one.box]
    cells = [(column / 3, row / 3) for row in (2, 1, 0) for column in range(3)]
    free = [
        (x, y)
        for x, y in cells
        if not any(
            x < right and left < x + 1 / 3 and y < bottom and top < y + 1 / 3 for left, top, right, bottom in boxes
        )
    ]
    x, y = rng.choice(free or cells)
    width, height = picture.size
    return round(x * width), round(y * height), round((x + 1 / 3) * width), round((y + 1 / 3) * height)


def _put(
    picture: Image.Image, scale: float, place: tuple[float, float], size_px: tuple[int, int], edit: Edit
) -> Image.Image:
    """Return a picture of another size that shows all of the given one, with its background around it.

    scale: 1 fills the new size. place: where in the free space it stands, from 0 (left, top) to 1.
    """
    small = ImageOps.contain(picture, (round(size_px[0] * scale), round(size_px[1] * scale)))
    free_px = (size_px[0] - small.width, size_px[1] - small.height)
    left, up = (round(share * free) for share, free in zip(place, free_px, strict=True))
    right, down = free_px[0] - left, free_px[1] - up
    return extend(small, left, right, up, down, Edit(task=edit.task, seed=None, options=edit.options))


def _turn_hue(picture: Image.Image, degrees: float, brightness: float) -> Image.Image:
    hue, saturation, value = picture.convert("HSV").split()
    turned = (np.asarray(hue, dtype=np.int16) + round(degrees / 360 * 256)) % 256
    hue = Image.fromarray(turned.astype(np.uint8))
    return Image.merge(
        "HSV", (hue, saturation, value.point(lambda level: min(255, round(level * brightness))))
    ).convert("RGB")


def image_to_image(image: Image.Image, strength: float, edit: Edit) -> Image.Image:
    """Return the picture changed by a prompt. `strength`: 0 keeps the picture, 1 ignores it."""
    if strength == 0:
        return image.convert("RGB")
    if strength >= _IGNORE_STRENGTH:
        seed = edit.seed or 0
        return paint(edit.prompt, edit.negative_prompt, seed, *image.size, edit.options, fault=edit.fault)
    return vary([image], 1 - strength, image.size, edit)
