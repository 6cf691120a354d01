"""The detector for simple shapes: components of one colour inside a white rim, classified by template matching."""

import numpy as np

from standin.scenes.judge import colours
from standin.scenes.judge.components import Component, dilate, find_components
from standin.scenes.judge.detection import Detection
from standin.scenes.judge.hsv_image import HsvImage, Mask
from standin.scenes.judge.shape_templates import match_template


def detect_shapes(image: HsvImage) -> tuple[list[Detection], Mask]:
    """Return the detected shapes, and the mask of the pixels that they and their rims cover."""
    found: list[Detection] = []
    covered = np.zeros(image.hue.shape, dtype=bool)
    pale = image.mask(saturation=(0, 0.20), value=(0.84, 1))
    ink = image.mask(saturation=(0, 0.5), value=(0, 0.50))
    pale_components, ink_components = find_components(pale, 30), find_components(ink, 30)
    for colour in colours.NAMES:
        # A white shape has a dark line between itself and the white rim.
        is_white = colour == "white"
        rim, rim_components = (ink, ink_components) if is_white else (pale, pale_components)
        for component in find_components(colours.colour_mask(image, colour), 0.0022 * image.side_px**2):
            if component.touches_border(image.hue.shape):
                continue
            outline = _fill_holes(component)
            # A thin line around something else is not a shape.
            if component.area < 0.6 * outline.sum() or not _has_rim(component, outline, rim, 2 if is_white else 3):
                continue
            # A white background, such as snow, is not a rim.
            if not any(_fits_around(one, component) for one in rim_components):
                continue
            shape = match_template(outline, has_hole=outline.sum() > component.area * 1.02)
            if shape is None:
                continue
            found.append(Detection.at(component, image, shape, colour=colour))
            _cover(covered, component)
    return found, covered


def _cover(covered: Mask, component: Component) -> None:
    margin = round(0.14 * max(component.width, component.height)) + 3
    top, left = max(0, component.top - margin), max(0, component.left - margin)
    covered[top : component.bottom + margin, left : component.right + margin] = True


def _has_rim(component: Component, outline: Mask, rim: Mask, width_px: int) -> bool:
    """Return whether nearly all pixels just outside the outline are in the rim's mask."""
    pad = 4
    padded = np.pad(outline, pad)
    ring = dilate(padded, width_px) & ~dilate(padded, 1)
    rows = np.clip(np.arange(component.top - pad, component.bottom + pad), 0, rim.shape[0] - 1)
    columns = np.clip(np.arange(component.left - pad, component.right + pad), 0, rim.shape[1] - 1)
    # One pixel of tolerance, because edges are blurred.
    around = dilate(rim[np.ix_(rows, columns)], 1)
    return bool((around & ring).sum() > 0.84 * ring.sum())


def _fits_around(rim: Component, component: Component) -> bool:
    """Return whether the rim encloses the component and is not much larger."""
    encloses = (
        rim.left <= component.left
        and rim.top <= component.top
        and rim.right >= component.right
        and rim.bottom >= component.bottom
    )
    return encloses and rim.width < 1.7 * component.width + 8 and rim.height < 1.7 * component.height + 8


def _fill_holes(component: Component) -> Mask:
    """Return the component's mask with its holes filled: pixels that cannot be reached from outside the box."""
    background = find_components(np.pad(~component.mask, 1, constant_values=True))
    filled = np.ones((component.height + 2, component.width + 2), dtype=bool)
    for outside in background:
        if outside.left == 0 and outside.top == 0:
            filled[outside.top : outside.bottom, outside.left : outside.right] &= ~outside.mask
            break
    return filled[1:-1, 1:-1]
