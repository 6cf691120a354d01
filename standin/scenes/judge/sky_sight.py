"""What the judge finds in the sky."""

import math

import numpy as np

from standin.scenes.judge.blobs import Blob, blobs_in, grown
from standin.scenes.judge.sighting import Seen
from standin.scenes.judge.view import Mask, View

_SKY_ROWS = (0.0, 0.56)
_MANY_STARS = 14


def time_of(view: View) -> str | None:
    """The time of day by what colour most of the sky has; None when there is none."""
    counts = {time: int(mask.sum()) for time, mask in _skies(view).items()}
    best = max(counts, key=lambda time: counts[time])
    return best if counts[best] > 0.15 * view.height_px * view.width_px * _SKY_ROWS[1] else None


def _skies(view: View) -> dict[str, Mask]:
    return {
        "night": view.where(hue=(212, 264), saturation=(0.40, 1), value=(0, 0.50), rows=_SKY_ROWS),
        "day": view.where(hue=(194, 224), saturation=(0.18, 0.74), value=(0.78, 1), rows=_SKY_ROWS),
        "sunset": view.where(hue=(250, 345), saturation=(0.25, 0.66), value=(0.44, 0.88), rows=_SKY_ROWS)
        | view.where(hue=(330, 46), saturation=(0.28, 0.68), value=(0.72, 1), rows=_SKY_ROWS),
    }


def things_in_sky(view: View, time: str | None, hidden: Mask, rock: Mask) -> list[Seen]:
    """Sun, moons, stars, meteors, clouds, aurora, rainbow, birds. `hidden`: pixels of drawn shapes."""
    if time is None:
        return []
    found = _suns(view, hidden) + _moons(view, hidden)
    found += _lights(view, time, hidden, rock) + _birds(view, time, hidden)
    if _aurora_share(view) > 0.02:
        found.append(Seen(thing="aurora", y=0.25))
    if _has_rainbow(view):
        found.append(Seen(thing="rainbow", y=0.3))
    return found


def _seen(view: View, blob: Blob, thing: str) -> Seen:
    x, y = blob.middle
    return Seen(thing=thing, x=x / view.width_px, y=y / view.height_px, foot=blob.bottom / view.height_px)


def _suns(view: View, hidden: Mask) -> list[Seen]:
    mask = view.where(hue=(41, 51), saturation=(0.62, 0.88), value=(0.94, 1), rows=(0, 0.6)) & ~hidden
    return [
        _seen(view, blob, "sun")
        for blob in blobs_in(mask, 0.006 * view.side_px**2)
        if blob.fill > 0.5 and 0.5 < blob.width / blob.height < 2
    ]


def _moons(view: View, hidden: Mask) -> list[Seen]:
    mask = view.where(hue=(38, 58), saturation=(0.07, 0.33), value=(0.86, 1), rows=(0, 0.5)) & ~hidden
    found = []
    for blob in blobs_in(mask, 0.003 * view.side_px**2):
        roundness = blob.area / (math.pi / 4 * blob.width * blob.height)
        is_round = roundness > 0.85 and 0.8 < blob.width / blob.height < 1.25
        found.append(_seen(view, blob, "full moon" if is_round else "crescent moon"))
    return found


def _lights(view: View, time: str, hidden: Mask, rock: Mask) -> list[Seen]:
    """Clouds, stars and meteors: pale patches, told apart by size and form."""
    pale = view.where(saturation=(0, 0.32), value=(0.62, 1), rows=(0, 0.55)) & ~hidden
    pale &= ~view.where(hue=(38, 58), saturation=(0.07, 0.33), value=(0.86, 1))
    sky = _skies(view)[time]
    found: list[Seen] = []
    stars = 0
    for blob in blobs_in(pale, 1):
        length, breadth = _axes(blob)
        if length > 0.055 * view.side_px and length > 5 * breadth and breadth < 0.03 * view.side_px and time == "night":
            found.append(_seen(view, blob, "meteors"))
        elif blob.area > 0.006 * view.side_px**2:
            if blob.width > blob.height and blob.middle[1] < 0.46 * view.height_px and not _lies_on(blob, rock):
                found.append(_seen(view, blob, "clouds"))
        elif blob.area < 0.0016 * view.side_px**2 and stars < _MANY_STARS and _is_amid(blob, sky):
            stars += 1
    if stars >= _MANY_STARS and time == "night":
        found.append(Seen(thing="stars", y=0.25))
    return found


def _axes(blob: Blob) -> tuple[float, float]:
    """Length and breadth along the patch's own axes, in pixels."""
    if blob.area < 8:
        return 0.0, 1.0
    points = np.argwhere(blob.mask).astype(np.float64)
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(points.T)), 1e-6))
    return 4 * float(spread[1]), 4 * float(spread[0]) + 0.5


def _lies_on(blob: Blob, rock: Mask) -> bool:
    """Whether a patch sits on rock: a mountain's snow, no cloud."""
    lower = np.zeros_like(rock)
    for column in range(blob.width):
        rows = np.flatnonzero(blob.mask[:, column])
        if len(rows):
            lower[min(blob.top + int(rows[-1]) + 1, rock.shape[0] - 1), blob.left + column] = True
    return bool((grown(rock, 3) & lower).sum() > 0.5 * lower.sum())


def _birds(view: View, time: str, hidden: Mask) -> list[Seen]:
    if time == "night":
        mask = view.where(saturation=(0, 0.16), value=(0.50, 0.80), rows=(0, 0.56))
    else:
        mask = view.where(value=(0, 0.48), rows=(0, 0.56))
    sky = _skies(view)[time]
    found = []
    for blob in blobs_in(mask & ~hidden, 0.0002 * view.side_px**2):
        is_wide = 0.03 * view.side_px < blob.width < 0.12 * view.side_px and 1.4 < blob.width / blob.height < 5
        if is_wide and blob.fill < 0.62 and blob.middle[1] < 0.52 * view.height_px and _is_amid(blob, sky):
            found.append(_seen(view, blob, "birds"))
    return found


def _is_amid(blob: Blob, mask: Mask) -> bool:
    """Whether the mask lies all around a patch, as far as the picture reaches."""
    pad = 5
    patch = np.pad(blob.mask, pad)
    top, left = max(0, blob.top - pad), max(0, blob.left - pad)
    around = mask[top : blob.bottom + pad, left : blob.right + pad]
    ring = grown(patch, 4) & ~grown(patch, 2)
    ring = ring[top - blob.top + pad :, left - blob.left + pad :][: around.shape[0], : around.shape[1]]
    return bool((ring & around).sum() > 0.7 * ring.sum())


def _aurora_share(view: View) -> float:
    mask = view.where(hue=(138, 192), saturation=(0.28, 1), value=(0.30, 1), rows=(0, 0.48))
    return float(mask.sum()) / mask.size


def _has_rainbow(view: View) -> bool:
    bands = (
        view.where(hue=(350, 10), saturation=(0.6, 1), value=(0.75, 1), rows=(0, 0.6)),
        view.where(hue=(44, 56), saturation=(0.6, 1), value=(0.85, 1), rows=(0, 0.6)),
        view.where(hue=(112, 134), saturation=(0.45, 1), value=(0.55, 0.8), rows=(0, 0.6)),
        view.where(hue=(262, 280), saturation=(0.45, 1), value=(0.6, 0.85), rows=(0, 0.6)),
    )
    # Each band must reach over a good part of the picture: single coloured things do not.
    return all(mask.sum() > 0.002 * mask.size and np.ptp(np.nonzero(mask)[1]) > 0.4 * view.width_px for mask in bands)
