"""A running stand-in without painting mistakes, and a boto3 client of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from standin import Options, StandIn
from tests.support.harnesses import stand_in_client as wire


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Run a stand-in for the tests of one module."""
    with StandIn(Options(error_rate=0)) as bedrock:
        yield bedrock


@pytest.fixture(scope="module")
def runtime(stand_in: StandIn) -> Any:
    """Return a boto3 client of the stand-in."""
    return wire.client(stand_in.url)
