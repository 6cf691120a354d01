"""The documented limits of fine-tuning Titan Image Generator, and AWS's recommendations.

Source: AWS docs, Bedrock user guide (model-customization-prepare, custom-models-hp) and API reference
(CreateModelCustomizationJob), copies of 2026-10; the steps and the first values of batch size and learning rate are from
AWS's blog on fine-tuning Titan Image Generator.
"""

from dataclasses import dataclass
from itertools import pairwise

FORMATS = {"JPEG": "jpg", "PNG": "png"}
"""Pillow's names of the formats, and their file endings."""
MIN_RECORDS, MAX_RECORDS = 5, 10_000
MIN_CAPTION_CHARS, MAX_CAPTION_CHARS = 3, 1_024
MIN_SIDE_PX, MAX_SIDE_PX = 512, 4_096
MAX_PIXELS = 12_582_912
MAX_ASPECT = 4.0
MAX_PICTURE_BYTES = 50_000_000
"""AWS: 50 MB. Of the two meanings, this is the smaller one."""

MIN_STEPS, MAX_STEPS = 10, 40_000
BATCH_SIZES = range(8, 193, 8)
DEFAULT_BATCH_SIZE = 8
MIN_LEARNING_RATE, MAX_LEARNING_RATE = 1e-7, 1.0
DEFAULT_LEARNING_RATE = 1e-5
USD_PER_IMAGE_SEEN = 0.005

FAMILY = "titan"
"""The only family of the catalogue that Bedrock fine-tunes. No model of Stability AI is in Bedrock's list."""
DEFAULT_BASE_MODEL = "amazon.titan-image-generator-v2:0"

RECOMMENDED_STEPS = ((8, 1_000), (32, 4_000), (64, 8_000), (1_000, 10_000), (10_000, 12_000))
"""Pictures and steps, from AWS's blog. Its own set of 60 pictures did best with 5,000 steps."""


@dataclass(frozen=True)
class Steps:
    """The recommended number of steps."""

    number: int
    why: str


def recommend_steps(pictures: int) -> Steps:
    """Return AWS's recommendation for this number of pictures, interpolated where its table has no such row."""
    rows = dict(RECOMMENDED_STEPS)
    table = ", ".join(f"{count:,}" for count in rows)
    if pictures in rows:
        return Steps(rows[pictures], f"AWS's table for {pictures:,} pictures")
    first, last = RECOMMENDED_STEPS[0], RECOMMENDED_STEPS[-1]
    if not first[0] < pictures < last[0]:
        nearest = first if pictures <= first[0] else last
        return Steps(nearest[1], f"AWS's table for {nearest[0]:,} pictures, its nearest row; this set has {pictures:,}")
    for (fewer, low), (more, high) in pairwise(RECOMMENDED_STEPS):
        if fewer < pictures < more:
            exact = low + (high - low) * (pictures - fewer) / (more - fewer)
            break
    return Steps(round(exact / 10) * 10, f"interpolated: AWS's table has rows for {table} pictures only")
