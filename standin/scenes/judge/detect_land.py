"""Detectors for the horizon and the ground: mountains, forest, water, ice, snow, meadow, sand."""

import numpy as np

from standin.scenes.judge.components import Component, dilate, find_components
from standin.scenes.judge.detection import Detection
from standin.scenes.judge.hsv_image import HsvImage, Mask


def find_rock(image: HsvImage) -> Mask:
    """Return the mask of large dull blue components: bare rock, but at night also the edges of clouds."""
    dull = image.mask(hue=(212, 242), saturation=(0.14, 0.42), value=(0.18, 0.62), rows=(0.1, 0.75))
    rock = np.zeros_like(dull)
    for component in find_components(dull, 0.008 * dull.size):
        component.draw_on(rock)
    return rock


def detect_land(image: HsvImage, covered: Mask, rock: Mask) -> list[Detection]:
    """Return the detected land and water. `covered`: the pixels of shapes. `rock`: see `find_rock`."""
    found = _detect_mountains(image, rock & ~covered) + _detect_forest(image, covered)
    water = image.mask(hue=(184, 219), saturation=(0.42, 1), value=(0.12, 0.74), rows=(0.58, 1)) & ~covered
    ice = image.mask(hue=(184, 210), saturation=(0.055, 0.22), value=(0.84, 1), rows=(0.58, 1)) & ~covered
    waters = _detect_water(image, water)
    found += waters
    floes = [floe for floe in find_components(ice, 0.0004 * image.side_px**2) if floe.width > 1.2 * floe.height]
    if len(floes) >= 4 and waters:
        found.append(Detection(thing="ice", y=0.8))
    return found + _detect_ground(image, covered | ice)


def _detect_mountains(image: HsvImage, rock: Mask) -> list[Detection]:
    pale = image.mask(saturation=(0, 0.14), value=(0.80, 1), rows=(0.1, 0.62))
    found = []
    for component in find_components(rock, 0.010 * image.height_px * image.width_px):
        if component.height < 0.10 * image.height_px or component.bottom < 0.5 * image.height_px:
            continue
        thing = "snowy mountain" if _has_snow(component, pale, image) else "mountain"
        # The mean of the pixels, because a mountain in front may cut off one side of the box.
        columns = np.nonzero(component.mask)[1]
        x = (component.left + float(columns.mean())) / image.width_px
        y, foot = component.center[1] / image.height_px, component.bottom / image.height_px
        found.append(Detection(thing=thing, x=x, y=y, foot=foot))
    return found


def _has_snow(mountain: Component, pale: Mask, image: HsvImage) -> bool:
    """Return whether there is white on the upper half of a mountain or just above it."""
    near = np.zeros_like(pale)
    top = max(0, mountain.top - round(0.16 * image.height_px))
    near[top : mountain.top + mountain.height // 2, mountain.left : mountain.right] = True
    rock = np.zeros_like(pale)
    mountain.draw_on(rock)
    rock = dilate(rock, 2)
    patches = find_components(pale & near, 0.002 * image.side_px**2)
    return any(_count_overlap(patch, rock) > 0.03 * image.side_px for patch in patches)


def _count_overlap(component: Component, mask: Mask) -> int:
    box = mask[component.top : component.bottom, component.left : component.right]
    return int((box & component.mask).sum())


def _detect_forest(image: HsvImage, covered: Mask) -> list[Detection]:
    mask = image.mask(hue=(142, 172), saturation=(0.38, 0.85), value=(0.16, 0.46), rows=(0.44, 0.72)) & ~covered
    # The gaps between pines are narrow. Dilation closes them, so that many pines become one component.
    return [
        Detection.at(component, image, "forest")
        for component in find_components(dilate(mask, 3), 0.012 * mask.size)
        if component.width > 0.2 * image.width_px
    ]


def _detect_water(image: HsvImage, water: Mask) -> list[Detection]:
    """Return at most one of sea (reaches both sides of the image), lake and river (reaches the bottom)."""
    strip = max(2, round(0.05 * image.width_px))
    rows = np.s_[round(0.64 * image.height_px) : round(0.82 * image.height_px)]
    left, right = water[rows, :strip].any(axis=1), water[rows, -strip:].any(axis=1)
    if (left & right).mean() > 0.5:
        return [Detection(thing="sea", y=0.75)]
    found = []
    for component in find_components(water, 0.012 * water.size):
        is_river = component.bottom > 0.97 * image.height_px and component.extent < 0.8
        x, y = component.center
        thing = "river" if is_river else "lake"
        found.append(Detection(thing=thing, x=x / image.width_px, y=y / image.height_px))
    return found[:1] if found and found[0].thing == "lake" else [one for one in found if one.thing == "river"][:1]


def _detect_ground(image: HsvImage, covered: Mask) -> list[Detection]:
    """Return snow, meadow and sand, where one of them covers most of the lowest rows or of those below the horizon."""
    masks = {
        "snow": image.mask(saturation=(0, 0.17), value=(0.78, 1)),
        "meadow": image.mask(hue=(68, 100), saturation=(0.38, 0.85), value=(0.14, 0.82)),
        "sand": image.mask(hue=(27, 46), saturation=(0.24, 0.60), value=(0.40, 1)),
    }
    found = []
    for thing, mask in masks.items():
        shares = [
            float((mask & ~covered)[round(top * image.height_px) : round(bottom * image.height_px)].mean())
            for top, bottom in ((0.63, 0.70), (0.90, 1.0))
        ]
        if max(shares) > 0.4:
            found.append(Detection(thing=thing, y=0.85))
    return found
