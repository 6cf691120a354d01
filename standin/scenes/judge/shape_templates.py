"""Template matching of an outline against the simple shapes."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from standin.scenes.judge.components import find_components
from standin.scenes.judge.hsv_image import Mask

_GRID = 32
_MIN_SIMILARITY = 0.86


def match_template(outline: Mask, *, has_hole: bool) -> str | None:
    """Return the most similar shape, or None if none is similar enough. Only a cup may have a hole, and must."""
    sampled = _sample(outline)
    ratio = outline.shape[1] / outline.shape[0]
    similarity = {
        name: 1 - float(np.abs(sampled - template).mean()) - 0.5 * abs(math.log(ratio / template_ratio))
        for name, (template, template_ratio) in _templates().items()
        if (name == "cup") == has_hole or name != "cup"
    }
    best = max(similarity, key=lambda name: similarity[name])
    return best if similarity[best] > _MIN_SIMILARITY else None


def _sample(mask: Mask) -> NDArray[np.float64]:
    """Stretch the mask to the grid. The values are the covered shares of the cells."""
    ys = (np.arange(_GRID * 3) + 0.5) / (_GRID * 3) * mask.shape[0]
    xs = (np.arange(_GRID * 3) + 0.5) / (_GRID * 3) * mask.shape[1]
    fine = mask[np.ix_(ys.astype(int), xs.astype(int))].astype(np.float64)
    sampled: NDArray[np.float64] = fine.reshape(_GRID, 3, _GRID, 3).mean(axis=(1, 3))
    return sampled


@cache
def _templates() -> dict[str, tuple[NDArray[np.float64], float]]:
    """Return the sampled mask and the width / height of each shape."""
    templates = {}
    for name, mask in _figures().items():
        figure = find_components(mask)[0]
        templates[name] = (_sample(figure.mask), figure.width / figure.height)
    return templates


def _figures() -> dict[str, Mask]:
    """Return each shape as a geometric figure on a 400 x 400 grid."""
    y, x = np.mgrid[-2:2:400j, -2:2:400j]
    angle, reach = np.arctan2(y, x), np.hypot(x, y)
    # Angle from the nearest tip of a five-pointed star that points up.
    spoke = np.abs((np.arctan2(x, -y) + math.pi / 5) % (2 * math.pi / 5) - math.pi / 5)
    star_edge = 0.382 * math.sin(math.pi / 5) / (0.382 * np.sin(math.pi / 5 - spoke) + np.sin(spoke))
    apple_edge = 1 - 0.2 * np.exp(-((angle + math.pi / 2) ** 2) / 0.05)
    lobes = np.hypot(np.abs(x) - 0.5, y + 0.4) < 0.52
    heart = lobes | ((np.abs(x) < 0.98 - 0.82 * (y + 0.2)) & (y > -0.3)) & (y < 1.0)
    mug = (np.abs(x) < 0.85 - 0.05 * y) & (np.abs(y) < 1)
    handle = np.hypot(x - 0.85, y) < 0.62
    return {
        "circle": reach < 1,
        "square": np.maximum(np.abs(x), np.abs(y)) < 1,
        "triangle": (np.abs(x) < (y + 1) * 0.58) & (y > -1) & (y < 1),
        "diamond": np.abs(x) / 0.8 + np.abs(y) < 1,
        "star": reach < star_edge,
        "heart": heart,
        "apple": reach < apple_edge,
        "cup": mug | handle,
    }
