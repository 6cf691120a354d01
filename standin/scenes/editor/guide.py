"""New pictures by a prompt and a picture or colours that guide them: outlines, a palette, a style."""

import re
from collections.abc import Sequence

import numpy as np
from PIL import Image

from standin.scenes.editor.edit import Edit, Mishap
from standin.scenes.editor.pixels import Pixels, Region, to_image, to_pixels
from standin.scenes.painter import paint, palette
from standin.scenes.painter.canvas import Canvas

_EDGE_LEVELS = 16
_OUTLINE_SHARE = 0.6
"""How dark an outline of full strength is."""
_OUTLINE_ON_THINGS_SHARE = 0.15
_OUTLINES_SIDE_PX = 448
_MIN_SATURATION_LEVELS = 60
_LANDSCAPE_SHARE = 0.6
"""How far the colours of a landscape go towards the given ones. The judge must still know a sea from a meadow."""
_MIN_BACKDROP_SHARE = 0.1
_MIN_USED_SHARE = 0.005
"""Of the picture: with less, a colour is only at the edges of things."""


def paint_under_outlines(condition: Image.Image, strength: float, size_px: tuple[int, int], edit: Edit) -> Image.Image:
    """Return the prompt's picture with the outlines of the condition on it."""
    picture = _paint(edit, size_px)
    if edit.mishap is Mishap.MISSED:
        return picture
    pixels = to_pixels(picture)
    share = np.where(_find_backdrop(pixels), _OUTLINE_SHARE, _OUTLINE_ON_THINGS_SHARE) * _outlines(condition, size_px)
    return to_image(pixels * (1 - strength * share[..., None]))


def paint_in_colours(colours: Sequence[str], size_px: tuple[int, int], edit: Edit) -> Image.Image:
    """Return the prompt's picture in the given colours (`#rrggbb`)."""
    picture = _paint(edit, size_px)
    if edit.mishap is Mishap.MISSED:
        return picture
    given = np.array([[int(pair, 16) for pair in re.findall("..", colour[1:])] for colour in colours], dtype=np.float32)
    pixels = to_pixels(picture)
    distances = np.stack([((pixels - colour) ** 2).sum(axis=-1) for colour in given])
    nearest = distances.argmin(axis=0)
    backdrop = _find_backdrop(pixels)
    if backdrop.mean() < _MIN_BACKDROP_SHARE:
        return to_image(pixels * (1 - _LANDSCAPE_SHARE) + given[nearest] * _LANDSCAPE_SHARE)
    # White rims and grey edges stay: without them, no shape would stand out.
    is_coloured = ~backdrop & (np.ptp(pixels, axis=-1) > _MIN_SATURATION_LEVELS)
    result = np.where(is_coloured[..., None], given[nearest], pixels)
    counts = np.bincount(nearest[is_coloured], minlength=len(given))
    free = np.flatnonzero(counts < _MIN_USED_SHARE * nearest.size).tolist() or [int(counts.argmin())]
    band = np.arange(pixels.shape[0]) * len(free) // pixels.shape[0]
    rows = given[np.array(free)[band]][:, None].repeat(pixels.shape[1], axis=1)
    if edit.mishap is Mishap.TRACE:
        backdrop[:, pixels.shape[1] // 2 :] = False
    return to_image(np.where(backdrop[..., None], rows, result))


def paint_in_style(reference: Image.Image, fidelity: float, size_px: tuple[int, int], edit: Edit) -> Image.Image:
    """Return the prompt's picture with its mean colour moved towards the reference's."""
    picture = _paint(edit, size_px)
    if edit.mishap is Mishap.MISSED:
        return picture
    pixels = to_pixels(picture)
    wanted = to_pixels(reference).mean(axis=(0, 1)) - pixels.mean(axis=(0, 1))
    shift = wanted * (0.4 + 0.6 * fidelity)
    backdrop = _find_backdrop(pixels)
    if backdrop.mean() < _MIN_BACKDROP_SHARE:
        return to_image(pixels + shift * _LANDSCAPE_SHARE)
    return to_image(np.where(backdrop[..., None], pixels + shift / backdrop.mean(), pixels))


def _paint(edit: Edit, size_px: tuple[int, int]) -> Image.Image:
    return paint(
        edit.prompt,
        edit.negative_prompt,
        edit.seed or 0,
        *size_px,
        edit.options,
        candidate=edit.candidate,
        fault=edit.fault,
    )


def _find_backdrop(pixels: Pixels) -> Region:
    """Return the pixels of the painter's plain backdrop."""
    canvas = Canvas(pixels.shape[1], pixels.shape[0])
    canvas.fill_rows(0, 1, palette.BACKDROP)
    same: Region = (to_pixels(canvas.image) == pixels).all(axis=-1)
    return same


def _outlines(condition: Image.Image, size_px: tuple[int, int]) -> Pixels:
    """Return the outlines of a picture at another size: 1 on a line, 0 elsewhere."""
    shrink = min(1.0, _OUTLINES_SIDE_PX / max(size_px))
    small_px = (max(2, round(size_px[0] * shrink)), max(2, round(size_px[1] * shrink)))
    grey = np.asarray(condition.convert("L").resize(small_px, Image.Resampling.BOX), dtype=np.float32)
    steps = np.zeros_like(grey)
    steps[:, 1:] = np.abs(np.diff(grey, axis=1))
    steps[1:] = np.maximum(steps[1:], np.abs(np.diff(grey, axis=0)))
    lines = Image.fromarray((steps > _EDGE_LEVELS).astype(np.uint8) * 255)
    return np.asarray(lines.resize(size_px, Image.Resampling.BILINEAR), dtype=np.float32) / np.float32(255)
