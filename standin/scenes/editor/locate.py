"""Finding the things that a phrase names in a picture, with the judge's detectors."""

import numpy as np
from PIL import Image

from standin.scenes.editor.draw_wants import Box
from standin.scenes.editor.pixels import Region, Strength, fill_hole, to_pixels
from standin.scenes.judge.detect_all import detect_picture
from standin.scenes.judge.detection import Detection
from standin.scenes.judge.find_named import find_named

_MIN_DIFFERENCE = 14


def find_things(image: Image.Image, phrase: str) -> list[Detection]:
    """Return the things of the phrase, such as "the red circle", that have a place of their own in the picture."""
    return find_named(phrase, detect_picture(image))


def box_of(one: Detection, image: Image.Image) -> Box:
    """Return the box of a thing in pixels."""
    left, top, right, bottom = one.box or (0.0, 0.0, 0.0, 0.0)
    return (
        int(left * image.width),
        int(top * image.height),
        round(right * image.width),
        round(bottom * image.height),
    )


def box_strength(image: Image.Image, boxes: list[Box]) -> Strength:
    """Return the strength 1 in the boxes and 0 elsewhere."""
    strength = np.zeros((image.height, image.width), dtype=np.float32)
    for left, top, right, bottom in boxes:
        strength[top:bottom, left:right] = 1
    return strength


def find_mask(image: Image.Image, phrase: str) -> Image.Image | None:
    """Return a mask of Titan's, black over the things of a phrase. None: none of them is found."""
    boxes = [box_of(one, image) for one in find_things(image, phrase)]
    if not boxes:
        return None
    level = (1 - box_strength(image, boxes)) * 255
    return Image.fromarray(level.astype(np.uint8))


def things_region(image: Image.Image, boxes: list[Box]) -> Region:
    """Return the pixels of the things themselves: those in the boxes that differ from what surrounds the boxes."""
    pixels = to_pixels(image)
    inside = box_strength(image, boxes) > 0
    differs = np.abs(pixels - fill_hole(pixels, inside)).max(axis=-1) > _MIN_DIFFERENCE
    region: Region = inside & differs
    return region
