"""Background removal: the subject is what differs from the colours at the picture's left and right edges."""

import numpy as np
from PIL import Image

from standin.scenes.editor.edit import Edit, Mishap
from standin.scenes.editor.pixels import Region, to_pixels
from standin.scenes.judge.components import find_components

_MIN_DIFFERENCE = 14
"""Of a channel, in levels of 255."""
_EDGE_SHARE = 0.02
_COARSE_SIDE_PX = 448


def remove_background(image: Image.Image, edit: Edit) -> Image.Image:
    """Return the picture in RGBA with a transparent background. A picture without a subject is returned opaque."""
    subject = find_subject(image)
    if edit.mishap is Mishap.MISSED or not subject.any():
        subject = np.ones_like(subject)
    cut = image.convert("RGB").convert("RGBA")
    cut.putalpha(Image.fromarray(subject.astype(np.uint8) * 255))
    return cut


def find_subject(image: Image.Image) -> Region:
    """Return the pixels of the subject, with its holes filled."""
    pixels = to_pixels(image)
    edge_px = max(1, round(_EDGE_SHARE * image.width))
    left, right = np.median(pixels[:, :edge_px], axis=1), np.median(pixels[:, -edge_px:], axis=1)
    across = np.linspace(0, 1, image.width, dtype=np.float32)[None, :, None]
    background = left[:, None] * (1 - across) + right[:, None] * across
    differs: Region = np.abs(pixels - background).max(axis=-1) > _MIN_DIFFERENCE
    return differs | _fill_holes(differs)


def _fill_holes(differs: Region) -> Region:
    """Return the holes of what differs: on a coarse grid, because large pictures have many components."""
    height, width = differs.shape
    shrink = min(1.0, _COARSE_SIDE_PX / max(height, width))
    coarse_px = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    levels = Image.fromarray(differs.astype(np.uint8) * 255).resize(coarse_px, Image.Resampling.BOX)
    coarse = np.asarray(levels) > 127
    holes = np.zeros_like(coarse)
    for component in find_components(~coarse):
        if not component.touches_border(coarse.shape):
            component.draw_on(holes)
    filled: Region = np.asarray(Image.fromarray(holes.astype(np.uint8) * 255).resize((width, height))) > 127
    return filled
