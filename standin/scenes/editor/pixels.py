"""Pictures and masks as arrays, and the filling of holes from their surroundings."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float32]
"""(height, width, 3), 0 to 255."""
Strength = NDArray[np.float32]
"""(height, width): how much of each pixel changes, 0 to 1."""
Region = NDArray[np.bool_]

_MARGIN_PX = 24
_SMOOTHINGS = 12


def to_pixels(image: Image.Image) -> Pixels:
    """Return the colours of a picture. What is transparent keeps the colour that the file has under it."""
    return np.asarray(image.convert("RGB"), dtype=np.float32)


def to_image(pixels: Pixels) -> Image.Image:
    """Return an RGB picture."""
    return Image.fromarray(np.clip(np.round(pixels), 0, 255).astype(np.uint8))


def blend(before: Pixels, after: Pixels, strength: Strength) -> Pixels:
    """Return `after` where the strength is 1 and `before`, unchanged to the bit, where it is 0."""
    share = strength[..., None]
    mixed: Pixels = np.where(share > 0, before * (1 - share) + after * share, before)
    return mixed


def grow(strength: Strength, by_px: int) -> Strength:
    """Return the strength with each bright area grown by some pixels."""
    grown = strength
    for step in range(by_px):
        wider = grown.copy()
        # In turns a square and a diamond, which together are nearly a disc.
        for axis in (0, 1):
            source = grown if step % 2 else wider.copy()
            ahead, behind = np.roll(source, 1, axis), np.roll(source, -1, axis)
            edge = [slice(None), slice(None)]
            edge[axis] = slice(0, 1)
            ahead[tuple(edge)] = 0
            edge[axis] = slice(-1, None)
            behind[tuple(edge)] = 0
            wider = np.maximum(wider, np.maximum(ahead, behind))
        grown = wider
    return grown


def bounding_box(region: Region) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of the true pixels; right and bottom are exclusive. None: there are none."""
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    if len(rows) == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def fill_hole(pixels: Pixels, hole: Region) -> Pixels:
    """Return the picture with a hole filled smoothly from the pixels around it. A picture that is all hole turns grey."""
    box = bounding_box(hole)
    if box is None:
        return pixels
    left, top, right, bottom = box
    part = np.s_[max(0, top - _MARGIN_PX) : bottom + _MARGIN_PX, max(0, left - _MARGIN_PX) : right + _MARGIN_PX]
    filled = pixels.copy()
    filled[part] = np.where(hole[part][..., None], _pull(pixels[part], ~hole[part]), pixels[part])
    return filled


def _pull(colours: Pixels, known: Region) -> Pixels:
    """Fill the unknown pixels from the same picture at half its size, and smooth them."""
    height, width = known.shape
    if known.all():
        return colours
    if height <= 2 and width <= 2:
        mean = colours[known].mean(axis=0) if known.any() else np.float32(128)
        return np.where(known[..., None], colours, mean).astype(np.float32)
    padded = np.pad(colours * known[..., None], ((0, height % 2), (0, width % 2), (0, 0)))
    weights = np.pad(known.astype(np.float32), ((0, height % 2), (0, width % 2)))
    sums = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2, 3).sum(axis=(1, 3))
    counts = weights.reshape(weights.shape[0] // 2, 2, weights.shape[1] // 2, 2).sum(axis=(1, 3))
    small = _pull((sums / np.maximum(counts, 1)[..., None]).astype(np.float32), counts > 0)
    large = small.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    filled = np.where(known[..., None], colours, large)
    for _ in range(_SMOOTHINGS):
        around = np.pad(filled, ((1, 1), (1, 1), (0, 0)), mode="edge")
        mean = (around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]) / 4
        filled = np.where(known[..., None], colours, mean).astype(np.float32)
    return filled
