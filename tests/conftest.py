"""What holds for every test: no environment of the machine's own, and no network but loopback."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _an_environment_of_our_own() -> Iterator[None]:
    """Neither credentials nor settings of whoever runs the tests may reach them."""
    taken = {
        name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("AWS_", "RETAKE_", "POWERTOOLS_"))
    }
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    yield
    os.environ.update(taken)
