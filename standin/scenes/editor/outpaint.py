"""Painting around what is kept: the background goes on, and the prompt's things stand in the new part."""

import numpy as np
from PIL import Image

from standin.scenes.editor.draw_wants import Box
from standin.scenes.editor.edit import Edit, Mishap
from standin.scenes.editor.inpaint import apply, repaint
from standin.scenes.editor.pixels import Pixels, Region, Strength, bounding_box, fill_hole, to_image, to_pixels
from standin.scenes.language.parse_scene import parse_scene

_BLANK_LEVEL = 128
_EDGE_SHARE = 0.06
_MIN_FULL_SHARE = 0.98
_CHUNKS = 6


def extend(image: Image.Image, left: int, right: int, up: int, down: int, edit: Edit) -> Image.Image:
    """Return the picture with new pixels on its sides. Its own pixels stay as they are."""
    blank = (_BLANK_LEVEL,) * 3
    canvas = Image.new("RGB", (image.width + left + right, image.height + up + down), blank)
    canvas.paste(image.convert("RGB"), (left, up))
    strength = np.ones((canvas.height, canvas.width), dtype=np.float32)
    strength[up : up + image.height, left : left + image.width] = 0
    return outpaint(canvas, strength, edit)


def outpaint(image: Image.Image, strength: Strength, edit: Edit) -> Image.Image:
    """Return the picture with the part of strength 1 painted anew as the surroundings of the rest."""
    before = to_pixels(image)
    kept = strength == 0
    if edit.mishap is Mishap.MISSED or kept.all():
        return to_image(before)
    after = _extend_background(before, kept)
    scene = parse_scene(edit.prompt, "en")
    if scene.wants:
        after = repaint(after, scene, _largest_side(kept), edit.rng)
    return to_image(apply(before, after, strength, edit))


def _largest_side(kept: Region) -> Box:
    """Return the largest rectangle beside, above or below the kept part."""
    height, width = kept.shape
    left, top, right, bottom = bounding_box(kept) or (0, 0, 0, 0)
    sides = [(0, 0, left, height), (right, 0, width, height), (0, 0, width, top), (0, bottom, width, height)]
    return max(
        sides, key=lambda side: min(side[2] - side[0], side[3] - side[1]) * max(side[2] - side[0], side[3] - side[1])
    )


def _extend_background(pixels: Pixels, kept: Region) -> Pixels:
    """Return the picture with the background of the kept part continued, without the things at its edges."""
    box = bounding_box(kept)
    if box is None:
        return fill_hole(pixels, ~kept)
    left, top, right, bottom = box
    if kept[top:bottom, left:right].mean() < _MIN_FULL_SHARE:
        return fill_hole(pixels, ~kept)
    extended = pixels.copy()
    across, down = max(2, round(_EDGE_SHARE * (right - left))), max(2, round(_EDGE_SHARE * (bottom - top)))
    rows = np.s_[top:bottom]
    extended[rows, :left] = np.median(pixels[rows, left : left + across], axis=1)[:, None]
    extended[rows, right:] = np.median(pixels[rows, right - across : right], axis=1)[:, None]
    extended[:top] = _across(extended[top : top + down])[None]
    extended[bottom:] = _across(extended[bottom - down : bottom])[None]
    return extended


def _across(band: Pixels) -> Pixels:
    """Return one row with the colours of a band, without what is small in it."""
    width = band.shape[1]
    chunks = np.array_split(band, min(_CHUNKS, width), axis=1)
    colours = np.stack([np.median(chunk, axis=(0, 1)) for chunk in chunks])
    middles = (np.arange(len(chunks)) + 0.5) * width / len(chunks)
    return np.stack(
        [np.interp(np.arange(width), middles, colours[:, channel]) for channel in range(3)], axis=-1
    ).astype(np.float32)
