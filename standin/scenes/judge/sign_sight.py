"""Signs, and the lettering on them, read letter by letter against the built-in font."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from standin.scenes.judge.blobs import Blob, blobs_in, grown
from standin.scenes.judge.sighting import Seen
from standin.scenes.judge.view import Mask, View

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"
"""0 and 1 are left out: they cannot be told from O and I."""
_GRID = (24, 18)
_MIN_LIKENESS = 0.80


def signs_in(view: View, hidden: Mask) -> list[Seen]:
    """Pale boards in dark frames, with what is written on them (None: nothing legible)."""
    board = view.where(hue=(34, 52), saturation=(0.08, 0.26), value=(0.88, 1), rows=(0.2, 1)) & ~hidden
    frame = view.where(hue=(10, 36), saturation=(0.4, 0.8), value=(0.2, 0.55))
    found = []
    for blob in blobs_in(board, 0.004 * view.side_px**2):
        if not 1.8 < blob.width / blob.height < 3.6 or not _is_framed(blob, frame):
            continue
        x, y = blob.middle
        found.append(
            Seen(
                thing="sign",
                x=x / view.width_px,
                y=y / view.height_px,
                foot=min(1.0, (blob.bottom + 0.9 * blob.height) / view.height_px),
                lettering=_read(view, blob),
            )
        )
    return found


def _is_framed(blob: Blob, frame: Mask) -> bool:
    box = np.zeros_like(frame)
    box[blob.top : blob.bottom, blob.left : blob.right] = True
    ring = grown(box, 3) & ~box
    return bool((ring & frame).sum() > 0.6 * ring.sum())


def _read(view: View, blob: Blob) -> str | None:
    scale = view.full.width / view.width_px
    box = [round(edge * scale) for edge in (blob.left + 1, blob.top + 1, blob.right - 1, blob.bottom - 1)]
    levels = np.asarray(view.full.crop((box[0], box[1], box[2], box[3])).convert("L"), dtype=np.float32)
    if levels.size == 0:
        return None
    glyphs = sorted(blobs_in(levels < 130, 6), key=lambda glyph: glyph.left)
    glyphs = [glyph for glyph in glyphs if glyph.height > 0.2 * levels.shape[0]]
    if not glyphs:
        return None
    widest_gap = 0.45 * float(np.median([glyph.height for glyph in glyphs]))
    text = ""
    for number, glyph in enumerate(glyphs):
        if number and glyph.left - glyphs[number - 1].right > widest_gap:
            text += " "
        text += _letter(glyph) or "?"
    return text


def _letter(glyph: Blob) -> str | None:
    seen = _stretched(glyph.mask)
    ratio = glyph.width / glyph.height
    likeness = {
        letter: 1 - float(np.abs(seen - shape).mean()) - 0.25 * abs(ratio - usual)
        for letter, (shape, usual) in _alphabet().items()
    }
    best = max(likeness, key=lambda letter: likeness[letter])
    return best if likeness[best] > _MIN_LIKENESS else None


def _stretched(mask: Mask) -> NDArray[np.float32]:
    image = Image.fromarray((mask * 255).astype(np.uint8)).resize((_GRID[1], _GRID[0]), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.float32) / np.float32(255)


@cache
def _alphabet() -> dict[str, tuple[NDArray[np.float32], float]]:
    font = ImageFont.load_default(size=120)
    found = {}
    for letter in _LETTERS:
        image = Image.new("L", (200, 200))
        ImageDraw.Draw(image).text((30, 20), letter, font=font, fill=255)
        blob = blobs_in(np.asarray(image) > 127)[0]
        found[letter] = (_stretched(blob.mask), blob.width / blob.height)
    return found
