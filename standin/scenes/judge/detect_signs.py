"""The detector for signs: pale boards in dark frames."""

import numpy as np

from standin.scenes.judge.components import Component, dilate, find_components
from standin.scenes.judge.detection import Detection
from standin.scenes.judge.hsv_image import HsvImage, Mask
from standin.scenes.judge.read_lettering import read_lettering


def detect_signs(image: HsvImage, covered: Mask) -> list[Detection]:
    """Return the detected signs with their lettering. `covered`: the pixels of shapes."""
    board_mask = image.mask(hue=(34, 52), saturation=(0.08, 0.26), value=(0.88, 1), rows=(0.2, 1)) & ~covered
    frame = image.mask(hue=(10, 36), saturation=(0.4, 0.8), value=(0.2, 0.55))
    found = []
    for board in find_components(board_mask, 0.004 * image.side_px**2):
        if 1.8 < board.width / board.height < 3.6 and _has_frame(board, frame):
            lettering = read_lettering(image, board)
            foot_px = board.bottom + 0.9 * board.height
            found.append(Detection.at(board, image, "sign", foot_px=foot_px, lettering=lettering))
    return found


def _has_frame(board: Component, frame: Mask) -> bool:
    box = np.zeros_like(frame)
    box[board.top : board.bottom, board.left : board.right] = True
    ring = dilate(box, 3) & ~box
    return bool((ring & frame).sum() > 0.6 * ring.sum())
