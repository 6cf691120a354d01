"""Token counts for the `usage` of a Converse answer.

Text: UTF-8 bytes / 4, times the model's factor (Claude 4.7 and later count about 30 % more: Anthropic's what's-new
pages).
Images: ceil(width / 28) x ceil(height / 28), after shrinking to the model's limit (Anthropic's vision page).
"""

import math

from standin.wire.claude_models import ClaudeModel

BYTES_PER_TOKEN = 4
IMAGE_CELL_PX = 28


def count_text_tokens(text: str, model: ClaudeModel) -> int:
    """Return the tokens of a text: at least 1 unless the text is empty."""
    return math.ceil(len(text.encode()) / BYTES_PER_TOKEN * model.text_token_factor)


def count_image_tokens(width_px: int, height_px: int, model: ClaudeModel) -> int:
    """Return the tokens of one image."""
    shrink = min(1.0, model.max_image_side_px / max(width_px, height_px))
    width, height = width_px * shrink, height_px * shrink
    return min(model.max_image_tokens, math.ceil(width / IMAGE_CELL_PX) * math.ceil(height / IMAGE_CELL_PX))
