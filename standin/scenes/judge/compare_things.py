"""The things in a picture and in its source, compared by kind, colour and place."""

from collections import Counter

import numpy as np

from standin.scenes.judge.compare import Comparison
from standin.scenes.judge.detection import Detection, Detections
from standin.scenes.judge.hsv_image import Mask
from standin.scenes.language.vocabulary import things


def is_thing(one: Detection) -> bool:
    """Return whether it is a thing with a place of its own."""
    return things()[one.thing].group in ("shape", "object", "sign")


def all_things(detections: Detections) -> tuple[Detection, ...]:
    """Return the things with a place of their own."""
    return tuple(one for one in detections.found if is_thing(one))


def count_things(detections: Detections) -> Counter[tuple[str, str | None]]:
    """Count the things by kind and colour."""
    return Counter((one.thing, one.colour) for one in all_things(detections))


def has_alike(one: Detection, detections: Detections, *, same_colour: bool = True) -> bool:
    """Return whether the same thing stands at the same place."""
    return any(
        abs(one.x - other.x) < 0.05 and abs(one.y - other.y) < 0.05 and (other.colour == one.colour or not same_colour)
        for other in detections.of(one.thing)
    )


def missing(before: Detections, after: Detections, *, outside: Mask) -> tuple[Detection, ...]:
    """Return the things that are gone, except those in the region `outside`."""
    return tuple(one for one in all_things(before) if not is_in(one, outside) and not has_alike(one, after))


def is_in(one: Detection, region: Mask) -> bool:
    """Return whether the centre of the thing is in the region."""
    height, width = region.shape
    return bool(region[min(height - 1, int(one.y * height)), min(width - 1, int(one.x * width))])


def places(compared: Comparison) -> Mask:
    """Return the places that differ, with their holes."""
    places = np.zeros_like(compared.changed)
    for part in compared.parts():
        places[part.top : part.bottom, part.left : part.right] = True
    return places


def mark(region: Mask, one: Detection) -> None:
    """Add the thing's box to the region."""
    height, width = region.shape
    left, top, right, bottom = one.box or (0.0, 0.0, 0.0, 0.0)
    region[
        max(0, int(top * height)) : round(bottom * height) + 1, max(0, int(left * width)) : round(right * width) + 1
    ] = True
