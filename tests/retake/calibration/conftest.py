"""A small labelled set, painted once."""

from pathlib import Path

import pytest

from tests.support.factories.labelled import paint_set


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a painted set. Do not write to it."""
    return paint_set(tmp_path_factory.mktemp("set"))
