"""The aurora: curtains of green light with violet tops."""

import math
import random

import numpy as np
from PIL import Image

from standin.scenes.painter.canvas import Canvas
from standin.scenes.painter.plan import Item

_SHRINK = 3
"""The light is computed for every third pixel: it has no sharp edges."""


def draw_aurora(canvas: Canvas, item: Item, rng: random.Random, time: str) -> None:
    """Draw two curtains across the sky, from the top down to y = 0.45."""
    width, height = max(8, canvas.width_px // _SHRINK), max(8, round(canvas.height_px * 0.5) // _SHRINK)
    x = np.linspace(0, 1, width)[None, :]
    y = np.linspace(0, 0.5, height)[:, None]
    green_light = np.zeros((height, width))
    violet_light = np.zeros((height, width))
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
        green_light = np.maximum(green_light, curtain * (1.0 - 0.2 * number))
        violet_light = np.maximum(violet_light, np.where(above > 0.35, np.exp(-2.2 * (above - 0.35)) * 0.5, 0.0) * rays)
    green, violet = np.array([72.0, 236.0, 160.0]), np.array([138.0, 84.0, 214.0])
    share = violet_light / np.maximum(violet_light + green_light, 1e-6)
    colour = green * (1 - share[..., None]) + violet * share[..., None]
    strength = np.clip(green_light * 1.05 + violet_light * 0.28, 0, 0.92)
    size_px = (canvas.width_px, round(canvas.height_px * 0.5))
    glow = Image.fromarray(colour.round().astype(np.uint8)).resize(size_px, Image.Resampling.BILINEAR)
    mask = Image.fromarray((strength * 255).round().astype(np.uint8)).resize(size_px, Image.Resampling.BILINEAR)
    canvas.image.paste(glow, (0, 0), mask)
