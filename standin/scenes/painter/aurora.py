"""The aurora: curtains of green light with a violet hem."""

import math
import random

import numpy as np
from PIL import Image

from standin.scenes.painter.canvas import Canvas
from standin.scenes.painter.plan import Item

_SHRINK = 3
"""Light has no edges: it is worked out on every third pixel."""


def draw_aurora(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Two or three curtains across the sky, from the top down to y = 0.45."""
    width, height = max(8, canvas.width_px // _SHRINK), max(8, round(canvas.height_px * 0.5) // _SHRINK)
    x = np.linspace(0, 1, width)[None, :]
    y = np.linspace(0, 0.5, height)[:, None]
    light = np.zeros((height, width))
    hem = np.zeros((height, width))
    for number in range(2):
        waves = [
            (rng.uniform(0.8, 1.6), rng.uniform(0, math.tau), 0.05),
            (rng.uniform(2.2, 3.4), rng.uniform(0, 6), 0.02),
        ]
        foot = (
            0.33 + 0.08 * number - 0.04 + sum(size * np.sin(math.tau * rate * x + phase) for rate, phase, size in waves)
        )
        rays = 0.72 + 0.28 * np.sin(math.tau * (18 + 7 * number) * x + 3 * np.sin(math.tau * 2 * x + number))
        above = (foot - y) / 0.26
        curtain = np.where(above > 0, np.exp(-1.9 * above) * np.clip(above * 14, 0, 1), 0.0) * rays
        light = np.maximum(light, curtain * (1.0 - 0.2 * number))
        hem = np.maximum(hem, np.where(above > 0.35, np.exp(-2.2 * (above - 0.35)) * 0.5, 0.0) * rays)
    green, violet = np.array([72.0, 236.0, 160.0]), np.array([138.0, 84.0, 214.0])
    share = hem / np.maximum(hem + light, 1e-6)
    colour = green * (1 - share[..., None]) + violet * share[..., None]
    strength = np.clip(light * 1.05 + hem * 0.28, 0, 0.92)
    size_px = (canvas.width_px, round(canvas.height_px * 0.5))
    glow = Image.fromarray(colour.round().astype(np.uint8)).resize(size_px, Image.Resampling.BILINEAR)
    mask = Image.fromarray((strength * 255).round().astype(np.uint8)).resize(size_px, Image.Resampling.BILINEAR)
    canvas.image.paste(glow, (0, 0), mask)
