"""A small labelled set, painted once, and the command."""

import json
from pathlib import Path
from typing import Any

import pytest

from retake.calibration.paint import paint_labelled
from retake.view.progress import PlainView

PICTURES = 8
SIDE_PX = 192


class Silence(PlainView):
    """Keeps the lines it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a painted set. Not to be written to."""
    return paint_labelled(tmp_path_factory.mktemp("set"), PICTURES, SIDE_PX, Silence())


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The file's objects."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
