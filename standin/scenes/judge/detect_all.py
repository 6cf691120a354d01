"""Runs every detector on an image."""

from standin.scenes.judge.detect_land import detect_land, find_rock
from standin.scenes.judge.detect_objects import detect_objects
from standin.scenes.judge.detect_shapes import detect_shapes
from standin.scenes.judge.detect_signs import detect_signs
from standin.scenes.judge.detect_sky import detect_sky, detect_time
from standin.scenes.judge.detection import Detections
from standin.scenes.judge.hsv_image import load_hsv_image


def detect_all(data: bytes) -> Detections:
    """Return everything that is detected in an image file."""
    image = load_hsv_image(data)
    shapes, covered = detect_shapes(image)
    found = [*shapes, *detect_signs(image, covered)]
    time = detect_time(image)
    if time is not None:
        rock = find_rock(image)
        found += detect_sky(image, time, covered, rock)
        found += detect_land(image, covered, rock)
    found += detect_objects(image, covered)
    return Detections(time, tuple(found))
