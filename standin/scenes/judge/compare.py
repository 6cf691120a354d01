"""The comparison of a candidate with the source that it was made from, pixel by pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from standin.scenes.judge.components import Component, dilate, find_components
from standin.scenes.judge.hsv_image import Mask

_LONGEST_SIDE_PX = 448
_COARSE_SIDE_PX = 96
_MIN_CHANGE = 8
"""Of a channel, in levels of 255: more than a JPEG file changes a flat area."""
_NOISE_PX = 3
_MERGE_PX = 4
_MIN_PART_PX = 12
_MAX_SOFT_DIFFERENCE = 14

Levels = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Comparison:
    """A source and the part of a candidate that shows the same place, both shrunk to the same size."""

    source: Levels
    """(height, width, 3), 0 to 255."""
    candidate: Levels
    alpha: Levels
    """(height, width): the candidate's opacity, 0 to 255."""
    changed: Mask
    """The pixels that differ."""
    is_extended: bool
    """Whether the candidate shows more than the source."""
    frame: tuple[int, int, int, int]
    """The place of the source in the candidate: left, top, right and bottom, in the candidate's pixels."""

    @property
    def share(self) -> float:
        """The share of the pixels that differ."""
        return float(self.changed.mean())

    def parts(self) -> list[Component]:
        """Return the places that differ, largest first."""
        return find_components(dilate(self.changed, _MERGE_PX), _MIN_PART_PX + (2 * _MERGE_PX) ** 2)

    def share_outside(self, region: Mask) -> float:
        """Return the share of the picture that differs outside a region."""
        return float((self.changed & ~region).mean())


def compare(source: Image.Image, candidate: Image.Image) -> Comparison | None:
    """Return the comparison. None: the candidate is smaller than the source, so there is nothing to lay side by side."""
    opaque = candidate.convert("RGBA")
    if candidate.size == source.size:
        frame, is_extended = (0, 0, *candidate.size), False
    elif candidate.width >= source.width and candidate.height >= source.height:
        left, top = _find_source(source.convert("RGB"), candidate.convert("RGB"))
        frame, is_extended = (left, top, left + source.width, top + source.height), True
    else:
        return None
    shrink = min(1.0, _LONGEST_SIDE_PX / max(source.size))
    size_px = (max(1, round(source.width * shrink)), max(1, round(source.height * shrink)))
    pixels = np.asarray(opaque.crop(frame).resize(size_px, Image.Resampling.BOX), dtype=np.float32)
    before = np.asarray(source.convert("RGB").resize(size_px, Image.Resampling.BOX), dtype=np.float32)
    # Under full transparency, a file may have any colour.
    differs = np.abs(pixels[..., :3] - before).max(axis=-1) > _MIN_CHANGE
    # What is thinner is the noise of a JPEG file along an edge.
    differs = dilate(~dilate(~differs, _NOISE_PX), _NOISE_PX)
    return Comparison(
        source=before,
        candidate=pixels[..., :3],
        alpha=pixels[..., 3],
        changed=differs & (pixels[..., 3] > 127),
        is_extended=is_extended,
        frame=frame,
    )


def _find_source(source: Image.Image, candidate: Image.Image) -> tuple[int, int]:
    """Return where the candidate looks most like the source: left and top in the candidate's pixels."""
    best = (0, 0)
    spans = (candidate.width - source.width, candidate.height - source.height)
    lows, highs = (0, 0), spans
    for side_px in (_COARSE_SIDE_PX, _LONGEST_SIDE_PX, max(candidate.size)):
        shrink = min(1.0, side_px / max(candidate.size))
        small, large = _shrink(source, shrink), _shrink(candidate, shrink)
        # At the full size, every fourth pixel decides.
        step = 4 if shrink == 1.0 and max(candidate.size) > _LONGEST_SIDE_PX else 1
        offsets = [
            (left, top)
            for left in range(round(lows[0] * shrink), round(highs[0] * shrink) + 1)
            for top in range(round(lows[1] * shrink), round(highs[1] * shrink) + 1)
            if left + small.shape[1] <= large.shape[1] and top + small.shape[0] <= large.shape[0]
        ]
        place = min(offsets or [(0, 0)], key=lambda at: _distance(small, large, at, step))
        best = (round(place[0] / shrink), round(place[1] / shrink))
        reach = int(1 / shrink) + 2
        lows = (max(0, best[0] - reach), max(0, best[1] - reach))
        highs = (min(spans[0], best[0] + reach), min(spans[1], best[1] + reach))
    return min(best[0], spans[0]), min(best[1], spans[1])


def _shrink(image: Image.Image, by: float) -> Levels:
    size_px = (max(1, round(image.width * by)), max(1, round(image.height * by)))
    return np.asarray(image.resize(size_px, Image.Resampling.BOX), dtype=np.float32)


def _distance(small: Levels, large: Levels, at: tuple[int, int], step: int) -> float:
    left, top = at
    part = large[top : top + small.shape[0] : step, left : left + small.shape[1] : step]
    return float(np.abs(part - small[::step, ::step][: part.shape[0], : part.shape[1]]).mean())


def find_subject(levels: Levels) -> Mask:
    """Return the pixels that differ from the colours at the picture's left and right edges."""
    edge_px = max(1, levels.shape[1] // 50)
    left, right = np.median(levels[:, :edge_px], axis=1), np.median(levels[:, -edge_px:], axis=1)
    across = np.linspace(0, 1, levels.shape[1])[None, :, None]
    background = left[:, None] * (1 - across) + right[:, None] * across
    differs = np.abs(levels - background).max(axis=-1) > _MAX_SOFT_DIFFERENCE
    subject = np.zeros(differs.shape, dtype=bool)
    for component in find_components(differs, _MIN_PART_PX):
        component.draw_on(subject)
    return subject


def edges(levels: Levels) -> Mask:
    """Return the pixels at which the brightness changes abruptly."""
    grey = levels.mean(axis=-1)
    steps = np.zeros_like(grey)
    steps[:, 1:] = np.abs(np.diff(grey, axis=1))
    steps[1:] = np.maximum(steps[1:], np.abs(np.diff(grey, axis=0)))
    found: Mask = steps > 16
    return found
