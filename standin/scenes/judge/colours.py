"""The judge's idea of the eleven colour names."""

import numpy as np

from standin.scenes.judge.view import Mask, View

# Hue in degrees, then saturation and value: what people call by the name, with gaps between.
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


def pixels_of(view: View, name: str) -> Mask:
    """The pixels that have a colour."""
    hue, saturation, value = _BOUNDS[name]
    return view.where(hue=hue, saturation=saturation, value=value)


def commonest(view: View, left: int, top: int, right: int, bottom: int) -> str | None:
    """The name most of the pixels of a box have, or None when fewer than a quarter have any one name."""
    box = np.s_[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    part = View(view.hue[box], view.saturation[box], view.value[box], view.full)
    if part.hue.size == 0:
        return None
    counts = {name: int(pixels_of(part, name).sum()) for name in NAMES}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] * 4 >= part.hue.size else None
