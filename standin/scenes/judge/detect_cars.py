"""The detector for cars. It looks for pairs of wheels: the body of a black car does not differ from its wheels."""

import numpy as np

from standin.scenes.judge.colours import dominant_colour
from standin.scenes.judge.components import Component, dilate, find_components
from standin.scenes.judge.detection import Detection
from standin.scenes.judge.hsv_image import HsvImage, Mask


def detect_cars(image: HsvImage, covered: Mask) -> list[Detection]:
    """Return the detected cars. `covered`: the pixels of shapes."""
    found = []
    hubs = sorted(_find_hubs(image, covered), key=lambda hub: hub.center[0])
    while hubs:
        left = hubs.pop(0)
        right = next((hub for hub in hubs if _are_one_car(left, hub)), None)
        if right is not None:
            hubs.remove(right)
            found.append(_describe_car(left, right, image))
    return found


def _find_hubs(image: HsvImage, covered: Mask) -> list[Component]:
    """Return the small light components with a dark ring around them."""
    light = image.mask(saturation=(0, 0.12), value=(0.60, 0.92), rows=(0.3, 1)) & ~covered
    dark = image.mask(saturation=(0, 0.4), value=(0, 0.36), rows=(0.3, 1))
    hubs = []
    for component in find_components(light, 4):
        is_small = max(component.width, component.height) < 0.06 * image.side_px
        if is_small and 0.6 < component.width / component.height < 1.7 and component.extent > 0.6:
            hub = np.zeros_like(light)
            component.draw_on(hub)
            ring = dilate(hub, 3) & ~dilate(hub, 1)
            if (ring & dark).sum() > 0.6 * ring.sum():
                hubs.append(component)
    return hubs


def _are_one_car(left: Component, right: Component) -> bool:
    wheelbase = right.center[0] - left.center[0]
    wheel = 2.1 * max(left.width, right.width)
    return abs(left.center[1] - right.center[1]) < 0.6 * wheel and 1.3 * wheel < wheelbase < 4.0 * wheel


def _describe_car(left: Component, right: Component, image: HsvImage) -> Detection:
    wheelbase = right.center[0] - left.center[0]
    x, y = left.center[0] + wheelbase / 2, left.center[1]
    colour = dominant_colour(
        image,
        round(x - 0.2 * wheelbase),
        round(y - 0.28 * wheelbase),
        round(x + 0.2 * wheelbase),
        round(y - 0.05 * wheelbase),
    )
    return Detection(
        thing="car",
        x=x / image.width_px,
        y=(y - 0.3 * wheelbase) / image.height_px,
        foot=(y + 0.2 * wheelbase) / image.height_px,
        colour=colour,
        box=(
            max(0.0, (x - 0.95 * wheelbase) / image.width_px),
            max(0.0, (y - 0.75 * wheelbase) / image.height_px),
            min(1.0, (x + 0.95 * wheelbase) / image.width_px),
            min(1.0, (y + 0.3 * wheelbase) / image.height_px),
        ),
    )
