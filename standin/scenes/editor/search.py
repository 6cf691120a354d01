"""Edits that find a thing by its name: to replace it, or to give it another colour."""

from dataclasses import replace

import numpy as np
from PIL import Image

from standin.scenes.editor.edit import Edit
from standin.scenes.editor.inpaint import apply, inpaint
from standin.scenes.editor.locate import box_of, box_strength, find_things
from standin.scenes.editor.pixels import Region, grow, to_image, to_pixels
from standin.scenes.judge.colours import colour_mask
from standin.scenes.judge.components import dilate
from standin.scenes.judge.hsv_image import HsvImage, to_hsv_image
from standin.scenes.language.vocabulary import words
from standin.scenes.painter import palette

_NEAR_LEVELS, _FAR_LEVELS = 26, 46
"""How far a pixel may be from the thing's own colour to be recoloured wholly, and at all."""


def search_replace(image: Image.Image, searched: str, grow_px: int, edit: Edit) -> Image.Image:
    """Return the picture with every thing that the phrase names replaced by the prompt's things. None found: unchanged."""
    result = image.convert("RGB")
    for number, one in enumerate(find_things(image, searched)):
        strength = grow(box_strength(image, [box_of(one, image)]), grow_px)
        # A mishap that repaints everything happens once.
        result = inpaint(result, strength, edit if number == 0 else replace(edit, fault="paint_right"))
    return result


def search_recolor(image: Image.Image, selected: str, grow_px: int, edit: Edit) -> Image.Image:
    """Return the picture with the things that the phrase names in the prompt's colour. Without a colour: unchanged."""
    before = to_pixels(image)
    after, strength = before.copy(), np.zeros(before.shape[:2], dtype=np.float32)
    small = to_hsv_image(image.convert("RGB"))
    for one in find_things(image, selected):
        target = _find_colour(edit.prompt, one.colour)
        if target is None or one.colour is None:
            continue
        box = box_strength(image, [box_of(one, image)]) > 0
        near = dilate(_colour_region(small, one.colour, image.size), 2) & box
        if not near.any():
            continue
        own = _own_colour(before[near], one.colour)
        distance = np.abs(before - own).max(axis=-1)
        share = np.clip((_FAR_LEVELS - distance) / (_FAR_LEVELS - _NEAR_LEVELS), 0, 1) * (
            grow(box * np.float32(1), grow_px) > 0
        )
        after = np.where(share[..., None] > 0, before - own + np.array(palette.NAMED[target]), after).astype(np.float32)
        strength = np.maximum(strength, share).astype(np.float32)
    return to_image(apply(before, np.clip(after, 0, 255), strength, edit))


def _own_colour(pixels: np.ndarray, colour: str) -> np.ndarray:
    """Return the thing's own shade of a colour. A red house's roof is red, too, but less so."""
    distance = np.abs(pixels - np.array(palette.NAMED[colour])).max(axis=-1)
    own: np.ndarray = np.median(pixels[distance <= np.percentile(distance, 25)], axis=0)
    return own


def _find_colour(prompt: str, own: str | None) -> str | None:
    """Return the first colour of the prompt that the thing does not have yet."""
    known = {phrase: value for phrase, (kind, value) in words("en").items() if kind == "colour"}
    found = [known[word] for word in prompt.lower().replace(",", " ").split() if word in known]
    return next((colour for colour in found if colour != own), None)


def _colour_region(small: HsvImage, colour: str, size_px: tuple[int, int]) -> Region:
    mask = Image.fromarray(colour_mask(small, colour).astype(np.uint8) * 255)
    region: Region = np.asarray(mask.resize(size_px, Image.Resampling.NEAREST)) > 127
    return region
