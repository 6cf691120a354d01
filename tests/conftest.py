"""What holds for every test: no environment of the machine's own, and no network but loopback."""

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest


@pytest.fixture(autouse=True, scope="session")
def _an_environment_of_our_own() -> Iterator[None]:
    """Neither credentials nor settings of whoever runs the tests may reach them."""
    taken = {
        name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("AWS_", "RETAKE_", "POWERTOOLS_"))
    }
    # The files of ~/.aws hold credentials and endpoints as well.
    ours = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    ours |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    # Loopback is never reached through a proxy.
    ours |= dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost,::1")
    with patch.dict(os.environ, ours):
        yield
    os.environ.update(taken)
