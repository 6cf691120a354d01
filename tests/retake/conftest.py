"""The command line, for all tests in this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.harnesses.command import Retake


@pytest.fixture
def retake(tmp_path: Path) -> Iterator[Retake]:
    """The command, in an empty folder."""
    folder, site = tmp_path / "work", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    command = Retake(folder, site)
    yield command
    command.kill_all()
