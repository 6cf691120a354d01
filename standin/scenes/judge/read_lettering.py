"""Optical character recognition on a sign: template matching against Pillow's built-in font."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from standin.scenes.judge.components import Component, find_components
from standin.scenes.judge.hsv_image import HsvImage, Mask

_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"
"""Without 0 and 1, which look like O and I."""
_GRID = (24, 18)
"""Rows and columns of a template."""
_MIN_SIMILARITY = 0.80


def read_lettering(image: HsvImage, board: Component) -> str | None:
    """Return the text on a board, with `?` for an unknown character. None: there are no characters."""
    scale = image.full.width / image.width_px
    box = [round(edge * scale) for edge in (board.left + 1, board.top + 1, board.right - 1, board.bottom - 1)]
    levels = np.asarray(image.full.crop((box[0], box[1], box[2], box[3])).convert("L"), dtype=np.float32)
    if levels.size == 0:
        return None
    glyphs = sorted(find_components(levels < 130, 6), key=lambda glyph: glyph.left)
    glyphs = [glyph for glyph in glyphs if glyph.height > 0.2 * levels.shape[0]]
    if not glyphs:
        return None
    word_gap = 0.33 * float(np.median([glyph.height for glyph in glyphs]))
    text = ""
    for number, glyph in enumerate(glyphs):
        if number and glyph.left - glyphs[number - 1].right > word_gap:
            text += " "
        text += _match_character(glyph) or "?"
    return text


def _match_character(glyph: Component) -> str | None:
    sampled = _sample(glyph.mask)
    ratio = glyph.width / glyph.height
    similarity = {
        character: 1 - float(np.abs(sampled - template).mean()) - 0.25 * abs(ratio - template_ratio)
        for character, (template, template_ratio) in _templates().items()
    }
    best = max(similarity, key=lambda character: similarity[character])
    return best if similarity[best] > _MIN_SIMILARITY else None


def _sample(mask: Mask) -> NDArray[np.float32]:
    """Stretch the mask to the grid. The values are the covered shares of the cells."""
    image = Image.fromarray((mask * 255).astype(np.uint8)).resize((_GRID[1], _GRID[0]), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.float32) / np.float32(255)


@cache
def _templates() -> dict[str, tuple[NDArray[np.float32], float]]:
    """Return the sampled mask and the width / height of each character."""
    font = ImageFont.load_default(size=120)
    templates = {}
    for character in _CHARACTERS:
        image = Image.new("L", (200, 200))
        ImageDraw.Draw(image).text((30, 20), character, font=font, fill=255)
        glyph = find_components(np.asarray(image) > 127)[0]
        templates[character] = (_sample(glyph.mask), glyph.width / glyph.height)
    return templates
