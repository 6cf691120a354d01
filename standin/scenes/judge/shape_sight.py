"""Simple shapes: patches of one colour inside a white rim, told apart by their outline."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from standin.scenes.judge import colours
from standin.scenes.judge.blobs import Blob, blobs_in, grown
from standin.scenes.judge.sighting import Seen
from standin.scenes.judge.view import Mask, View

_GRID = 32
_MIN_LIKENESS = 0.86


def shapes_in(view: View) -> tuple[list[Seen], Mask]:
    """The shapes, and the pixels they and their rims cover."""
    found: list[Seen] = []
    covered = np.zeros(view.hue.shape, dtype=bool)
    pale = view.where(saturation=(0, 0.20), value=(0.84, 1))
    ink = view.where(saturation=(0, 0.5), value=(0, 0.50))
    rims = {"white": blobs_in(ink, 30), "other": blobs_in(pale, 30)}
    for colour in colours.NAMES:
        rim = ink if colour == "white" else pale
        for blob in blobs_in(colours.pixels_of(view, colour), 0.0022 * view.side_px**2):
            if blob.touches_edge(view.hue.shape):
                continue
            outline = _filled(blob)
            # A thin line around something else is no shape.
            if blob.area < 0.6 * outline.sum() or not _has_rim(blob, outline, rim, 2 if colour == "white" else 3):
                continue
            # Snow all around is no rim.
            if not any(_goes_around(one, blob) for one in rims["white" if colour == "white" else "other"]):
                continue
            shape = _shape_of(outline, has_hole=outline.sum() > blob.area * 1.02)
            if shape is None:
                continue
            x, y = blob.middle
            found.append(
                Seen(
                    thing=shape,
                    colour=colour,
                    x=x / view.width_px,
                    y=y / view.height_px,
                    foot=blob.bottom / view.height_px,
                )
            )
            reach = round(0.14 * max(blob.width, blob.height)) + 3
            covered[max(0, blob.top - reach) : blob.bottom + reach, max(0, blob.left - reach) : blob.right + reach] = (
                True
            )
    return found, covered


def _has_rim(blob: Blob, outline: Mask, rim: Mask, reach_px: int) -> bool:
    """Whether the pixels just outside are nearly all of the rim."""
    pad = 4
    patch = np.pad(outline, pad)
    ring = grown(patch, reach_px) & ~grown(patch, 1)
    rows = np.clip(np.arange(blob.top - pad, blob.bottom + pad), 0, rim.shape[0] - 1)
    columns = np.clip(np.arange(blob.left - pad, blob.right + pad), 0, rim.shape[1] - 1)
    # A pixel to either side is let pass: edges are blurred.
    around = grown(rim[np.ix_(rows, columns)], 1)
    return bool((around & ring).sum() > 0.84 * ring.sum())


def _goes_around(rim: Blob, blob: Blob) -> bool:
    encloses = rim.left <= blob.left and rim.top <= blob.top and rim.right >= blob.right and rim.bottom >= blob.bottom
    return encloses and rim.width < 1.7 * blob.width + 8 and rim.height < 1.7 * blob.height + 8


def _filled(blob: Blob) -> Mask:
    """The patch with its holes filled: what cannot be reached from outside its box."""
    outside = blobs_in(np.pad(~blob.mask, 1, constant_values=True))
    filled = np.ones((blob.height + 2, blob.width + 2), dtype=bool)
    for patch in outside:
        if patch.left == 0 and patch.top == 0:
            filled[patch.top : patch.bottom, patch.left : patch.right] &= ~patch.mask
            break
    return filled[1:-1, 1:-1]


def _shape_of(outline: Mask, *, has_hole: bool) -> str | None:
    sampled = _sampled(outline)
    ratio = outline.shape[1] / outline.shape[0]
    likeness = {
        name: 1 - float(np.abs(sampled - template).mean()) - 0.5 * abs(math.log(ratio / usual))
        for name, (template, usual) in _templates().items()
        if (name == "cup") == has_hole or name != "cup"
    }
    best = max(likeness, key=lambda name: likeness[name])
    return best if likeness[best] > _MIN_LIKENESS else None


def _sampled(mask: Mask) -> NDArray[np.float64]:
    """The mask stretched to a grid of shares."""
    ys = (np.arange(_GRID * 3) + 0.5) / (_GRID * 3) * mask.shape[0]
    xs = (np.arange(_GRID * 3) + 0.5) / (_GRID * 3) * mask.shape[1]
    fine = mask[np.ix_(ys.astype(int), xs.astype(int))].astype(np.float64)
    sampled: NDArray[np.float64] = fine.reshape(_GRID, 3, _GRID, 3).mean(axis=(1, 3))
    return sampled


@cache
def _templates() -> dict[str, tuple[NDArray[np.float64], float]]:
    """What each shape looks like in its own box, with its width / height: textbook figures, drawn large."""
    return {name: _in_its_box(mask) for name, mask in _figures().items()}


def _figures() -> dict[str, Mask]:
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


def _in_its_box(mask: Mask) -> tuple[NDArray[np.float64], float]:
    blob = blobs_in(mask)[0]
    return _sampled(blob.mask), blob.width / blob.height
