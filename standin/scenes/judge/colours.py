"""The judge's definitions of the eleven colour names."""

import numpy as np

from standin.scenes.judge.hsv_image import HsvImage, Mask

# Hue in degrees, saturation and value. There are gaps between the colours, for hues that people would not agree on.
_BOUNDS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "red": ((344, 14), (0.60, 1.0), (0.55, 1.0)),
    "orange": ((20, 39), (0.65, 1.0), (0.75, 1.0)),
    "yellow": ((42, 64), (0.50, 1.0), (0.75, 1.0)),
    "green": ((85, 165), (0.40, 1.0), (0.30, 0.95)),
    "blue": ((200, 240), (0.55, 1.0), (0.50, 1.0)),
    "purple": ((255, 300), (0.35, 1.0), (0.40, 0.95)),
    "pink": ((310, 350), (0.25, 0.59), (0.80, 1.0)),
    "brown": ((12, 36), (0.45, 0.90), (0.25, 0.62)),
    "black": ((0, 360), (0.0, 0.45), (0.0, 0.20)),
    "white": ((0, 360), (0.0, 0.10), (0.90, 1.0)),
    "grey": ((0, 360), (0.0, 0.12), (0.35, 0.66)),
}
NAMES = tuple(_BOUNDS)


def colour_mask(image: HsvImage, name: str) -> Mask:
    """Return the mask of the pixels of a colour."""
    hue, saturation, value = _BOUNDS[name]
    return image.mask(hue=hue, saturation=saturation, value=value)


def dominant_colour(image: HsvImage, left: int, top: int, right: int, bottom: int) -> str | None:
    """Return the most frequent colour in a box. None if it covers less than a quarter of the box."""
    box = np.s_[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    part = HsvImage(image.hue[box], image.saturation[box], image.value[box], image.full)
    if part.hue.size == 0:
        return None
    counts = {name: int(colour_mask(part, name).sum()) for name in NAMES}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] * 4 >= part.hue.size else None
