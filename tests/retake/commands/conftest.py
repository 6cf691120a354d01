"""A deployed stack, started once per module."""

from collections.abc import Iterator

import pytest

from standin import StandIn
from tests.support.harnesses.bedrock_endpoint import bedrock_environment
from tests.support.harnesses.served_stack import ServedStack, serving


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, bedrock: StandIn) -> Iterator[ServedStack]:
    """The stack of `retake serve`. It calls the fixture `bedrock` of the module."""
    folder = tmp_path_factory.mktemp("stack")
    with serving(folder, "--bedrock", "aws", environment=bedrock_environment(bedrock)) as server:
        yield server
