"""What the judge finds at the horizon and below: mountains, forest, water, ground, ice."""

import numpy as np

from standin.scenes.judge.blobs import Blob, blobs_in, grown
from standin.scenes.judge.sighting import Seen
from standin.scenes.judge.view import Mask, View


def rock_in(view: View) -> Mask:
    """Pixels of large patches that look like bare rock, a dull slate blue (as does the edge of a cloud at night)."""
    dull = view.where(hue=(212, 242), saturation=(0.14, 0.42), value=(0.18, 0.62), rows=(0.1, 0.75))
    rock = np.zeros_like(dull)
    for blob in blobs_in(dull, 0.008 * dull.size):
        rock[blob.top : blob.bottom, blob.left : blob.right] |= blob.mask
    return rock


def things_on_land(view: View, hidden: Mask, rock: Mask) -> list[Seen]:
    """Mountains, forest, sea, lake, river, ice, snow, meadow, sand."""
    found = _mountains(view, rock & ~hidden) + _forest(view, hidden)
    water = view.where(hue=(184, 219), saturation=(0.42, 1), value=(0.12, 0.74), rows=(0.58, 1)) & ~hidden
    ice = view.where(hue=(184, 210), saturation=(0.055, 0.22), value=(0.84, 1), rows=(0.58, 1)) & ~hidden
    bodies = _water(view, water)
    found += bodies
    floes = [blob for blob in blobs_in(ice, 0.0004 * view.side_px**2) if blob.width > 1.2 * blob.height]
    if len(floes) >= 4 and bodies:
        found.append(Seen(thing="ice", y=0.8))
    return found + _ground(view, hidden | ice)


def _mountains(view: View, rock: Mask) -> list[Seen]:
    pale = view.where(saturation=(0, 0.14), value=(0.80, 1), rows=(0.1, 0.62))
    found = []
    for blob in blobs_in(rock, 0.010 * view.height_px * view.width_px):
        if blob.height < 0.10 * view.height_px or blob.bottom < 0.5 * view.height_px:
            continue
        thing = "snowy mountain" if _has_snow(blob, pale, view) else "mountain"
        columns = np.nonzero(blob.mask)[1]
        x = (blob.left + float(columns.mean())) / view.width_px
        found.append(Seen(thing=thing, x=x, y=blob.middle[1] / view.height_px, foot=blob.bottom / view.height_px))
    return found


def _has_snow(blob: Blob, pale: Mask, view: View) -> bool:
    """Whether white lies on the upper part of the rock."""
    near = np.zeros_like(pale)
    top = max(0, blob.top - round(0.16 * view.height_px))
    near[top : blob.top + blob.height // 2, blob.left : blob.right] = True
    rock = np.zeros_like(pale)
    rock[blob.top : blob.bottom, blob.left : blob.right] = blob.mask
    edge = grown(rock, 2)
    return any(_overlap(patch, edge) > 0.03 * view.side_px for patch in blobs_in(pale & near, 0.002 * view.side_px**2))


def _overlap(blob: Blob, mask: Mask) -> int:
    return int((mask[blob.top : blob.bottom, blob.left : blob.right] & blob.mask).sum())


def _forest(view: View, hidden: Mask) -> list[Seen]:
    mask = view.where(hue=(142, 172), saturation=(0.38, 0.85), value=(0.16, 0.46), rows=(0.44, 0.72)) & ~hidden
    # A pine's gaps are narrow: closing them makes one forest of many pines.
    return [
        Seen(
            thing="forest",
            x=blob.middle[0] / view.width_px,
            y=blob.middle[1] / view.height_px,
            foot=blob.bottom / view.height_px,
        )
        for blob in blobs_in(grown(mask, 3), 0.012 * mask.size)
        if blob.width > 0.2 * view.width_px
    ]


def _water(view: View, water: Mask) -> list[Seen]:
    strip = max(2, round(0.05 * view.width_px))
    rows = np.s_[round(0.64 * view.height_px) : round(0.82 * view.height_px)]
    left, right = water[rows, :strip].any(axis=1), water[rows, -strip:].any(axis=1)
    if (left & right).mean() > 0.5:
        return [Seen(thing="sea", y=0.75)]
    found = []
    for blob in blobs_in(water, 0.012 * water.size):
        thing = "river" if blob.bottom > 0.97 * view.height_px and blob.fill < 0.8 else "lake"
        found.append(Seen(thing=thing, x=blob.middle[0] / view.width_px, y=blob.middle[1] / view.height_px))
    return found[:1] if found and found[0].thing == "lake" else [one for one in found if one.thing == "river"][:1]


def _ground(view: View, hidden: Mask) -> list[Seen]:
    """Snow, meadow or sand: what the lowest rows or those under the horizon are mostly made of."""
    looks = {
        "snow": view.where(saturation=(0, 0.17), value=(0.78, 1)),
        "meadow": view.where(hue=(68, 100), saturation=(0.38, 0.85), value=(0.14, 0.82)),
        "sand": view.where(hue=(27, 46), saturation=(0.24, 0.60), value=(0.40, 1)),
    }
    found = []
    for thing, mask in looks.items():
        shares = [
            float((mask & ~hidden)[round(top * view.height_px) : round(bottom * view.height_px)].mean())
            for top, bottom in ((0.63, 0.70), (0.90, 1.0))
        ]
        if max(shares) > 0.4:
            found.append(Seen(thing=thing, y=0.85))
    return found
