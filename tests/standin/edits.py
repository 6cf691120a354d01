"""Pictures, masks and bodies for the tests of edits."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from standin import Options
from standin.scenes.painter import paint

TITAN_V1 = "amazon.titan-image-generator-v1"
TITAN_V2 = "amazon.titan-image-generator-v2:0"
NO_MISTAKES = Options(error_rate=0)
SIDE_PX = 512
Box = tuple[int, int, int, int]

MODELS = {
    name: f"us.stability.stable-{'' if name == 'outpaint' else 'image-'}{name}-v1:0"
    for name in (
        *("inpaint", "erase-object", "search-replace", "search-recolor", "outpaint", "remove-background"),
        *("control-sketch", "control-structure", "style-guide"),
    )
}
"""The Image Services by their short names."""


def source(prompt: str = "a red circle on the left, a blue square on the right", side_px: int = SIDE_PX) -> Image.Image:
    """Return a painted picture without mistakes."""
    return paint(prompt, "", 1, side_px, side_px, NO_MISTAKES)


def mask(box: Box, *, inside: int, size_px: tuple[int, int] = (SIDE_PX, SIDE_PX), mode: str = "RGB") -> Image.Image:
    """Return a mask: a rectangle of the level `inside` on the opposite level."""
    picture = Image.new("L", size_px, 255 - inside)
    left, top, right, bottom = box
    ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), fill=inside)
    return picture.convert(mode)


def encode(picture: Image.Image, file_format: str = "PNG", **options: Any) -> str:
    """Return the picture's file in base64."""
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def levels(picture: Image.Image) -> NDArray[np.int16]:
    """Return the picture's RGB levels."""
    return np.asarray(picture.convert("RGB"), dtype=np.int16)


def changed(before: Image.Image, after: Image.Image) -> NDArray[np.bool_]:
    """Return the pixels whose colour changed at all."""
    differs: NDArray[np.bool_] = (levels(before) != levels(after)).any(axis=-1)
    return differs


def inside(box: Box, size_px: tuple[int, int] = (SIDE_PX, SIDE_PX)) -> NDArray[np.bool_]:
    """Return the pixels of a box."""
    region = np.zeros((size_px[1], size_px[0]), dtype=bool)
    region[box[1] : box[3], box[0] : box[2]] = True
    return region


def titan_edit(task: str, params: dict[str, Any], **config: Any) -> dict[str, Any]:
    """Return a body of one of Titan's tasks."""
    field = {
        "TEXT_IMAGE": "textToImageParams",
        "INPAINTING": "inPaintingParams",
        "OUTPAINTING": "outPaintingParams",
        "IMAGE_VARIATION": "imageVariationParams",
        "COLOR_GUIDED_GENERATION": "colorGuidedGenerationParams",
        "BACKGROUND_REMOVAL": "backgroundRemovalParams",
    }[task]
    body: dict[str, Any] = {"taskType": task, field: params}
    return body if task == "BACKGROUND_REMOVAL" else body | {"imageGenerationConfig": config}
