"""Masks as strengths: 1 where a pixel changes, 0 where it stays."""

import numpy as np
from PIL import Image

from standin.scenes.editor.locate import things_region
from standin.scenes.editor.pixels import Strength, bounding_box, grow

_RIM_PX = 3


def black_changes(mask: Image.Image) -> Strength:
    """Return the strength of a mask whose black changes: Titan's inpainting."""
    return 1 - white_changes(mask)


def white_changes(mask: Image.Image) -> Strength:
    """Return the strength of a mask whose white changes and whose grey changes in part: Stability's, Titan's outpainting."""
    return np.asarray(mask.convert("L"), dtype=np.float32) / np.float32(255)


def service_strength(image: Image.Image, mask: Image.Image | None, grow_px: int) -> Strength:
    """Return the strength for a Stability service: the mask's, resized to the image, or that of the image's transparency."""
    if mask is not None:
        strength = white_changes(mask.convert("RGB").resize(image.size))
    elif image.mode == "RGBA":
        strength = 1 - white_changes(image.getchannel("A"))
    else:
        strength = np.zeros((image.height, image.width), dtype=np.float32)
    return grow(strength, grow_px)


def keep_black(image: Image.Image, mask: Image.Image, *, by_prompt: bool, is_precise: bool) -> Strength:
    """Return the strength of Titan's outpainting: white is painted, black kept; without PRECISE, its rim changes, too."""
    kept = black_changes(mask) > 0.5
    if by_prompt:
        box = bounding_box(kept)
        kept = things_region(image, [box]) if box else kept
    strength = 1 - kept.astype(np.float32)
    return strength if is_precise else grow(strength, _RIM_PX)
