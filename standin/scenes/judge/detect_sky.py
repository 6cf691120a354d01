"""Detectors for the time of day and the things in the sky."""

import math

import numpy as np

from standin.scenes.judge.components import Component, dilate, find_components
from standin.scenes.judge.detection import Detection
from standin.scenes.judge.hsv_image import HsvImage, Mask

_SKY_ROWS = (0.0, 0.56)
_MIN_STARS = 14


def detect_time(image: HsvImage) -> str | None:
    """Return the time of day by the most frequent colour of the sky. None: there is no sky."""
    counts = {time: int(mask.sum()) for time, mask in _sky_masks(image).items()}
    best = max(counts, key=lambda time: counts[time])
    return best if counts[best] > 0.15 * image.height_px * image.width_px * _SKY_ROWS[1] else None


def _sky_masks(image: HsvImage) -> dict[str, Mask]:
    return {
        "night": image.mask(hue=(212, 264), saturation=(0.40, 1), value=(0, 0.50), rows=_SKY_ROWS),
        "day": image.mask(hue=(194, 224), saturation=(0.18, 0.74), value=(0.78, 1), rows=_SKY_ROWS),
        "sunset": image.mask(hue=(250, 345), saturation=(0.25, 0.66), value=(0.44, 0.88), rows=_SKY_ROWS)
        | image.mask(hue=(330, 46), saturation=(0.28, 0.68), value=(0.72, 1), rows=_SKY_ROWS),
    }


def detect_sky(image: HsvImage, time: str, covered: Mask, rock: Mask) -> list[Detection]:
    """Return the detected things in the sky. `covered`: the pixels of shapes. `rock`: see `find_rock`."""
    found = _detect_suns(image, covered) + _detect_moons(image, covered)
    found += _detect_pale_things(image, time, covered, rock) + _detect_birds(image, time, covered)
    if _has_aurora(image):
        found.append(Detection(thing="aurora", y=0.25))
    if _has_rainbow(image):
        found.append(Detection(thing="rainbow", y=0.3))
    return found


def _detect_suns(image: HsvImage, covered: Mask) -> list[Detection]:
    mask = image.mask(hue=(41, 51), saturation=(0.62, 0.88), value=(0.94, 1), rows=(0, 0.6)) & ~covered
    return [
        Detection.at(component, image, "sun")
        for component in find_components(mask, 0.006 * image.side_px**2)
        if component.extent > 0.5 and 0.5 < component.width / component.height < 2
    ]


def _detect_moons(image: HsvImage, covered: Mask) -> list[Detection]:
    mask = image.mask(hue=(38, 58), saturation=(0.07, 0.33), value=(0.86, 1), rows=(0, 0.5)) & ~covered
    found = []
    for component in find_components(mask, 0.003 * image.side_px**2):
        roundness = component.area / (math.pi / 4 * component.width * component.height)
        is_round = roundness > 0.85 and 0.8 < component.width / component.height < 1.25
        found.append(Detection.at(component, image, "full moon" if is_round else "crescent moon"))
    return found


def _detect_pale_things(image: HsvImage, time: str, covered: Mask, rock: Mask) -> list[Detection]:
    """Return clouds, stars and meteors: pale components, classified by size and shape."""
    pale = image.mask(saturation=(0, 0.32), value=(0.62, 1), rows=(0, 0.55)) & ~covered
    pale &= ~image.mask(hue=(38, 58), saturation=(0.07, 0.33), value=(0.86, 1))
    sky = _sky_masks(image)[time]
    is_night = time == "night"
    found: list[Detection] = []
    stars = 0
    for component in find_components(pale, 1):
        if is_night and _is_meteor(component, image):
            found.append(Detection.at(component, image, "meteors"))
        elif component.area > 0.006 * image.side_px**2:
            is_high = component.center[1] < 0.46 * image.height_px
            if component.width > component.height and is_high and not _is_on_rock(component, rock):
                found.append(Detection.at(component, image, "clouds"))
        elif component.area < 0.0016 * image.side_px**2 and stars < _MIN_STARS and _is_surrounded_by(component, sky):
            stars += 1
    if stars >= _MIN_STARS and is_night:
        found.append(Detection(thing="stars", y=0.25))
    return found


def _is_meteor(component: Component, image: HsvImage) -> bool:
    length, breadth = _measure_axes(component)
    return length > 0.055 * image.side_px and length > 5 * breadth and breadth < 0.03 * image.side_px


def _measure_axes(component: Component) -> tuple[float, float]:
    """Return the length and the breadth along the component's principal axes, in pixels."""
    if component.area < 8:
        return 0.0, 1.0
    points = np.argwhere(component.mask).astype(np.float64)
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(points.T)), 1e-6))
    return 4 * float(spread[1]), 4 * float(spread[0]) + 0.5


def _is_on_rock(component: Component, rock: Mask) -> bool:
    """Return whether there is rock below the component. Then it is a mountain's snow, not a cloud."""
    lower_edge = np.zeros_like(rock)
    for column in range(component.width):
        rows = np.flatnonzero(component.mask[:, column])
        if len(rows):
            below = min(component.top + int(rows[-1]) + 1, rock.shape[0] - 1)
            lower_edge[below, component.left + column] = True
    return bool((dilate(rock, 3) & lower_edge).sum() > 0.5 * lower_edge.sum())


def _detect_birds(image: HsvImage, time: str, covered: Mask) -> list[Detection]:
    if time == "night":
        mask = image.mask(saturation=(0, 0.16), value=(0.50, 0.80), rows=(0, 0.56))
    else:
        mask = image.mask(value=(0, 0.48), rows=(0, 0.56))
    sky = _sky_masks(image)[time]
    found = []
    for component in find_components(mask & ~covered, 0.0002 * image.side_px**2):
        is_wide = 0.03 * image.side_px < component.width < 0.12 * image.side_px
        is_wide = is_wide and 1.4 < component.width / component.height < 5
        is_high = component.center[1] < 0.52 * image.height_px
        if is_wide and component.extent < 0.62 and is_high and _is_surrounded_by(component, sky):
            found.append(Detection.at(component, image, "birds"))
    return found


def _is_surrounded_by(component: Component, mask: Mask) -> bool:
    """Return whether the mask has most pixels of a ring around the component, within the image."""
    pad = 5
    padded = np.pad(component.mask, pad)
    top, left = max(0, component.top - pad), max(0, component.left - pad)
    around = mask[top : component.bottom + pad, left : component.right + pad]
    ring = dilate(padded, 4) & ~dilate(padded, 2)
    ring = ring[top - component.top + pad :, left - component.left + pad :][: around.shape[0], : around.shape[1]]
    return bool((ring & around).sum() > 0.7 * ring.sum())


def _has_aurora(image: HsvImage) -> bool:
    mask = image.mask(hue=(138, 192), saturation=(0.28, 1), value=(0.30, 1), rows=(0, 0.48))
    return float(mask.sum()) / mask.size > 0.02


def _has_rainbow(image: HsvImage) -> bool:
    bands = (
        image.mask(hue=(350, 10), saturation=(0.6, 1), value=(0.75, 1), rows=(0, 0.6)),
        image.mask(hue=(44, 56), saturation=(0.6, 1), value=(0.85, 1), rows=(0, 0.6)),
        image.mask(hue=(112, 134), saturation=(0.45, 1), value=(0.55, 0.8), rows=(0, 0.6)),
        image.mask(hue=(262, 280), saturation=(0.45, 1), value=(0.6, 0.85), rows=(0, 0.6)),
    )
    # Each band must span much of the image's width: single coloured things do not.
    return all(mask.sum() > 0.002 * mask.size and np.ptp(np.nonzero(mask)[1]) > 0.4 * image.width_px for mask in bands)
