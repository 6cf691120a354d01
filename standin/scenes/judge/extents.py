"""The extent of a whole thing, from the part of it that was detected: a house from its roof, a boat from its sail."""

from standin.scenes.judge.components import Component
from standin.scenes.judge.hsv_image import HsvImage

_WHOLE = (0.18, 0.18, 0.18, 0.18)
"""For a thing that is detected whole: its rim and its soft edge."""
# How far the thing goes beyond the detected part to the left, up, to the right and down, in widths and heights of the part.
_BEYOND = {
    "house": (0.08, 0.08, 0.08, 1.25),
    "boat": (0.45, 0.3, 1.85, 0.6),
    "lantern": (0.25, 0.25, 0.25, 0.75),
    "fire": (0.25, 0.08, 0.25, 0.25),
    "lighthouse": (0.6, 2.5, 0.6, 3.7),
    "person": (0.15, 0.75, 0.15, 0.7),
    "tree": (0.05, 0.05, 0.05, 0.75),
    "sign": (0.08, 0.2, 0.08, 0.95),
    "bridge": (0.05, 0.2, 0.05, 0.2),
    "sun": (0.4, 0.4, 0.4, 0.4),
}
_EDGE_PX = 3


def whole_box(part: Component, image: HsvImage, thing: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the thing, as shares of the image."""
    left, up, right, down = _BEYOND.get(thing, _WHOLE)
    return (
        max(0.0, (part.left - left * part.width - _EDGE_PX) / image.width_px),
        max(0.0, (part.top - up * part.height - _EDGE_PX) / image.height_px),
        min(1.0, (part.right + right * part.width + _EDGE_PX) / image.width_px),
        min(1.0, (part.bottom + down * part.height + _EDGE_PX) / image.height_px),
    )
