"""Runs every detector on an image."""

import numpy as np
from PIL import Image

from standin.scenes.judge import colours
from standin.scenes.judge.detect_land import detect_land, find_rock
from standin.scenes.judge.detect_objects import detect_objects
from standin.scenes.judge.detect_shapes import detect_shapes
from standin.scenes.judge.detect_signs import detect_signs
from standin.scenes.judge.detect_sky import detect_sky, detect_time
from standin.scenes.judge.detection import Detection, Detections
from standin.scenes.judge.hsv_image import HsvImage, load_picture, to_hsv_image


def detect_all(data: bytes) -> Detections:
    """Return everything that is detected in an image file."""
    return detect_picture(load_picture(data))


def detect_picture(picture: Image.Image) -> Detections:
    """Return everything that is detected in a decoded picture."""
    image = to_hsv_image(picture)
    shapes, covered = detect_shapes(image)
    found = [*shapes, *detect_signs(image, covered)]
    time = detect_time(image)
    if time is not None:
        rock = find_rock(image)
        found += detect_sky(image, time, covered, rock)
        found += detect_land(image, covered, rock)
    elif colour := _backdrop_colour(image):
        found.append(Detection(thing="background", colour=colour))
    found += detect_objects(image, covered)
    return Detections(time, tuple(found))


def _backdrop_colour(image: HsvImage) -> str | None:
    """Return the colour of nearly all of the picture's edge, if it has one."""
    edge = np.ones(image.hue.shape, dtype=bool)
    edge[3:-3, 3:-3] = False
    for name in colours.NAMES:
        if (colours.colour_mask(image, name) & edge).sum() > 0.95 * edge.sum():
            return name
    return None
