"""A deployed stack, for whoever asks for it: `RUN_E2E=1 E2E_STACK=Retake make test TESTS=tests/e2e`."""

import os
from collections.abc import Iterator, Mapping
from unittest.mock import patch

import pytest

from retake.deployed.stack import DeployedStack

WANTED, STACK = "RUN_E2E", "E2E_STACK"


@pytest.fixture(scope="module")
def deployed(environment_of_the_caller: Mapping[str, str | None]) -> Iterator[DeployedStack]:
    """The stack that E2E_STACK names, in the Region and by the credentials that boto3 finds."""
    if os.environ.get(WANTED) != "1":
        pytest.skip(f"it starts runs on a stack in AWS, which cost money; set {WANTED}=1 (docs/deploy.md)")
    if not os.environ.get(STACK):
        pytest.fail(f"{STACK} is not set; it names the stack to test")
    with patch.dict(os.environ):
        for name, value in environment_of_the_caller.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        yield DeployedStack(os.environ[STACK], region=None)
