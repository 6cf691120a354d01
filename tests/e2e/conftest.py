"""Tests of a deployed stack. They run only on request: `RUN_E2E=1 E2E_STACK=Retake make test TESTS=tests/e2e`."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from retake.deployed.stack import DeployedStack

WANTED, STACK = "RUN_E2E", "E2E_STACK"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that start runs on a stack in AWS, which cost money, unless they are asked for."""
    if os.environ.get(WANTED) == "1":
        return
    here = Path(__file__).parent
    costly = [one for one in items if one.path.parent == here and "deployed" in getattr(one, "fixturenames", ())]
    config.hook.pytest_deselected(items=costly)
    items[:] = [item for item in items if item not in costly]


@pytest.fixture(scope="module")
def deployed(environment_of_the_caller: Mapping[str, str | None]) -> Iterator[DeployedStack]:
    """The stack that E2E_STACK names, in the Region and by the credentials that boto3 finds."""
    if not os.environ.get(STACK):
        pytest.fail(f"{STACK} is not set; it names the stack to test")
    with patch.dict(os.environ):
        for name, value in environment_of_the_caller.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        yield DeployedStack(os.environ[STACK], region=None)
