"""Simple shapes: patches of one colour inside a white rim, told apart by their outline."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from local.bedrock.judge import colours
from local.bedrock.judge.blobs import Blob, blobs_in, grown
from local.bedrock.judge.sighting import Seen
from local.bedrock.judge.view import Mask, View

_GRID = 32
_MIN_LIKENESS = 0.86


def shapes_in(view: View) -> tuple[list[Seen], Mask]:
    """The shapes, and the pixels they and their rims cover."""
    found: list[Seen] = []
    covered = np.zeros(view.hue.shape, dtype=bool)
    pale = view.where(saturation=(0, 0.16), value=(0.84, 1))
    ink = view.where(saturation=(0, 0.5), value=(0, 0.50))
    for colour in colours.NAMES:
        rim = ink if colour == "white" else pale
        for blob in blobs_in(colours.pixels_of(view, colour), 0.0022 * view.side_px**2):
            if blob.touches_edge(view.hue.shape) or not _has_rim(blob, rim):
                continue
            outline = _filled(blob)
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


def _has_rim(blob: Blob, rim: Mask) -> bool:
    """Whether the pixels just outside are nearly all of the rim."""
    pad = 4
    patch = np.pad(_filled(blob), pad)
    near, far = grown(patch, 1), grown(patch, 3)
    ring = far & ~near
    top, left = blob.top - pad, blob.left - pad
    rows = np.clip(np.arange(top, blob.bottom + pad), 0, rim.shape[0] - 1)
    columns = np.clip(np.arange(left, blob.right + pad), 0, rim.shape[1] - 1)
    # Somewhere within three pixels outward the rim must show; its own edges are blurred.
    around = grown(rim[np.ix_(rows, columns)], 1)
    return bool((around & ring).sum() > 0.86 * ring.sum())


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
    return fine.reshape(_GRID, 3, _GRID, 3).mean(axis=(1, 3))


@cache
def _templates() -> dict[str, tuple[NDArray[np.float64], float]]:
    """What each shape looks like in its own box, with its usual width / height."""
    v, u = np.mgrid[0:96, 0:96]
    u, v = (u + 0.5) / 48 - 1, (v + 0.5) / 48 - 1
    angle, reach = np.arctan2(v, u), np.hypot(u, v)
    star_u, star_v = u * 0.951, 0.905 * v + 0.095
    spoke = (np.arctan2(star_u, -star_v) + math.pi / 5) % (2 * math.pi / 5) - math.pi / 5
    # Edge of a five-pointed star between its tip (1) and its inner corner (0.382 at 36 degrees).
    edge = 0.412 * math.sin(math.pi / 5) / (np.sin(math.pi / 5 - np.abs(spoke)) * 0.412 + np.sin(np.abs(spoke)) * 1.0)
    heart_u, heart_v = u * 1.14, -v * 1.08 + 0.14
    apple = (
        1.0 - 0.22 * np.exp(-((angle + math.pi / 2) ** 2) / 0.05) - 0.06 * np.exp(-((angle - math.pi / 2) ** 2) / 0.04)
    )
    body = (u < 0.36 - 0.04 * (v + 1)) & (u > -1 + 0.04 * (v + 1))
    handle = np.hypot((u - 0.42) / 0.58, (v + 0.05) / 0.61) < 1
    masks = {
        "circle": (reach < 1, 1.0),
        "square": (np.ones_like(u, dtype=bool), 1.0),
        "triangle": (np.abs(u) < (v + 1) / 2, 1.15),
        "diamond": (np.abs(u) + np.abs(v) < 1, 0.78),
        "star": (np.hypot(star_u, star_v) < edge, 1.05),
        "heart": ((heart_u**2 + heart_v**2 - 1) ** 3 - heart_u**2 * heart_v**3 < 0, 1.09),
        "apple": (reach < apple, 1.05),
        "cup": (body | handle, 1.13),
    }
    return {name: (_sampled(mask), ratio) for name, (mask, ratio) in masks.items()}
