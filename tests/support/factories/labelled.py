"""A small labelled set, as `retake calibrate` reads it."""

import json
from pathlib import Path
from typing import Any

from retake.calibration.paint import paint_labelled
from tests.support.fakes.view import RecordingView

PICTURES = 8
SIDE_PX = 192


def paint_set(folder: Path, pictures: int = PICTURES) -> Path:
    """Paint a labelled set into the folder and return its file."""
    return paint_labelled(folder, pictures, SIDE_PX, RecordingView())


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
