"""Things that stand about: trees, houses, boats, bridges, lanterns, fires, lighthouses, people, cars."""

import numpy as np

from standin.scenes.judge import colours
from standin.scenes.judge.blobs import Blob, blobs_in, grown
from standin.scenes.judge.sighting import Seen
from standin.scenes.judge.view import Mask, View


def objects_in(view: View, hidden: Mask) -> list[Seen]:
    """Every object found; `hidden`: pixels already explained by drawn shapes."""
    finders = (_trees, _houses, _boats, _bridges, _lanterns, _fires, _lighthouses, _people, _cars)
    return [seen for find in finders for seen in find(view, hidden)]


def _seen(view: View, blob: Blob, thing: str, *, foot: float | None = None, colour: str | None = None) -> Seen:
    x, y = blob.middle
    end = foot if foot is not None else blob.bottom
    return Seen(
        thing=thing, x=x / view.width_px, y=y / view.height_px, foot=min(1.0, end / view.height_px), colour=colour
    )


def _share(mask: Mask, left: float, top: float, right: float, bottom: float) -> float:
    box = mask[max(0, round(top)) : max(0, round(bottom)), max(0, round(left)) : max(0, round(right))]
    return float(box.mean()) if box.size else 0.0


def _trees(view: View, hidden: Mask) -> list[Seen]:
    leaf = view.where(hue=(108, 134), saturation=(0.30, 0.75), value=(0.24, 0.62), rows=(0.3, 1)) & ~hidden
    bark = view.where(hue=(15, 35), saturation=(0.4, 0.8), value=(0.22, 0.5), rows=(0.3, 1))
    return [
        _seen(view, blob, "tree", foot=blob.bottom + 0.4 * blob.height)
        for blob in blobs_in(leaf, 0.0025 * view.side_px**2)
        if _share(
            bark, blob.middle[0] - 0.1 * blob.width, blob.bottom, blob.middle[0] + 0.1 * blob.width,
            blob.bottom + 0.3 * blob.height,
        ) > 0.2
    ]  # fmt: skip


def _houses(view: View, hidden: Mask) -> list[Seen]:
    roof = view.where(hue=(5, 18), saturation=(0.55, 0.80), value=(0.42, 0.66), rows=(0.3, 1)) & ~hidden
    found = []
    for blob in blobs_in(roof, 0.0016 * view.side_px**2):
        if not 1.1 < blob.width / blob.height < 4:
            continue
        x, high = blob.middle[0], blob.height
        left, right = round(x - 0.38 * blob.width), round(x + 0.24 * blob.width)
        colour = colours.commonest(view, left, blob.bottom + 1, right, blob.bottom + round(0.9 * high))
        found.append(_seen(view, blob, "house", foot=blob.bottom + 1.1 * high, colour=colour))
    return found


def _boats(view: View, hidden: Mask) -> list[Seen]:
    coral = view.where(hue=(4, 15), saturation=(0.57, 0.68), value=(0.86, 1), rows=(0.3, 1)) & ~hidden
    found = []
    for blob in blobs_in(coral, 0.0008 * view.side_px**2):
        high, wide = blob.height, blob.width
        if not 0.3 < wide / high < 1.2 or not 0.35 < blob.fill < 0.7:
            continue
        # Under the sail, to both sides of its foot, lies the hull.
        top = blob.bottom + round(0.2 * high)
        colour = colours.commonest(view, blob.left, top, blob.right + wide, blob.bottom + round(0.42 * high))
        seen = _seen(view, blob, "boat", foot=blob.bottom + 0.48 * high, colour=colour)
        found.append(seen)
    return found


def _bridges(view: View, hidden: Mask) -> list[Seen]:
    stone = view.where(hue=(24, 48), saturation=(0.08, 0.27), value=(0.44, 0.76), rows=(0.4, 1)) & ~hidden
    return [
        _seen(view, blob, "bridge")
        for blob in blobs_in(stone, 0.006 * view.side_px**2)
        if blob.width > 2 * blob.height and blob.width > 0.15 * view.side_px
    ]


def _lanterns(view: View, hidden: Mask) -> list[Seen]:
    paper = view.where(hue=(24, 37), saturation=(0.80, 1), value=(0.86, 1), rows=(0.3, 1)) & ~hidden
    return [
        _seen(view, blob, "lantern", foot=blob.bottom + 0.65 * blob.height)
        for blob in blobs_in(paper, 0.0012 * view.side_px**2)
        if blob.fill > 0.62 and 0.5 < blob.width / blob.height < 1.4
    ]


def _fires(view: View, hidden: Mask) -> list[Seen]:
    flame = view.where(hue=(8, 24), saturation=(0.82, 1), value=(0.88, 1), rows=(0.3, 1)) & ~hidden
    core = view.where(hue=(38, 54), saturation=(0.7, 1), value=(0.9, 1), rows=(0.3, 1))
    return [
        _seen(view, blob, "fire")
        for blob in blobs_in(flame, 0.001 * view.side_px**2)
        if _share(core, blob.left, blob.top, blob.right, blob.bottom + 0.2 * blob.height) > 0.08
    ]


def _lighthouses(view: View, hidden: Mask) -> list[Seen]:
    red = view.where(hue=(350, 10), saturation=(0.62, 1), value=(0.6, 0.95), rows=(0.3, 1)) & ~hidden
    white = view.where(saturation=(0, 0.1), value=(0.88, 1), rows=(0.3, 1))
    bands = [blob for blob in blobs_in(red, 0.0006 * view.side_px**2) if blob.fill > 0.7]
    found = []
    for upper in bands:
        for lower in bands:
            x = upper.middle[0]
            gap = lower.top - upper.bottom
            if abs(x - lower.middle[0]) < 0.2 * upper.width and 0 < gap < 1.6 * upper.height + 2:
                between = _share(white, x - 2, upper.bottom + 0.25 * gap, x + 2, lower.top - 0.25 * gap)
                above = _share(white, x - 2, upper.top - 0.6 * gap, x + 2, upper.top - 0.25 * gap)
                if between > 0.8 and above > 0.5:
                    found.append(_seen(view, upper, "lighthouse", foot=lower.bottom + 1.1 * gap))
    return found


def _people(view: View, hidden: Mask) -> list[Seen]:
    coat = view.where(hue=(304, 328), saturation=(0.6, 0.9), value=(0.5, 0.82), rows=(0.2, 1)) & ~hidden
    skin = view.where(hue=(18, 36), saturation=(0.25, 0.55), value=(0.75, 1))
    return [
        _seen(view, blob, "person", foot=blob.bottom + 0.5 * blob.height)
        for blob in blobs_in(coat, 0.0005 * view.side_px**2)
        if _share(skin, blob.left, blob.top - 0.4 * blob.height, blob.right, blob.top) > 0.1
    ]


def _cars(view: View, hidden: Mask) -> list[Seen]:
    """By the pairs of light hubs in dark wheels: a black car's wheels cannot be told from its body."""
    light = view.where(saturation=(0, 0.12), value=(0.60, 0.92), rows=(0.3, 1)) & ~hidden
    dark = view.where(saturation=(0, 0.4), value=(0, 0.36), rows=(0.3, 1))
    hubs = []
    for blob in blobs_in(light, 4):
        size = max(blob.width, blob.height)
        if size < 0.06 * view.side_px and 0.6 < blob.width / blob.height < 1.7 and blob.fill > 0.6:
            patch = np.zeros_like(light)
            patch[blob.top : blob.bottom, blob.left : blob.right] = blob.mask
            ring = grown(patch, 3) & ~grown(patch, 1)
            if (ring & dark).sum() > 0.6 * ring.sum():
                hubs.append(blob)
    found = []
    free = sorted(hubs, key=lambda blob: blob.middle[0])
    while free:
        first = free.pop(0)
        for second in free:
            apart = second.middle[0] - first.middle[0]
            wheel = 2.1 * max(first.width, second.width)
            if abs(first.middle[1] - second.middle[1]) < 0.6 * wheel and 1.3 * wheel < apart < 4.0 * wheel:
                free.remove(second)
                x, y = first.middle[0] + apart / 2, first.middle[1]
                colour = colours.commonest(
                    view,
                    round(x - 0.2 * apart),
                    round(y - 0.28 * apart),
                    round(x + 0.2 * apart),
                    round(y - 0.05 * apart),
                )
                found.append(
                    Seen(
                        thing="car",
                        x=x / view.width_px,
                        y=(y - 0.3 * apart) / view.height_px,
                        foot=(y + 0.2 * apart) / view.height_px,
                        colour=colour,
                    )
                )
                break
    return found
