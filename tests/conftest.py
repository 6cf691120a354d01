"""What holds for every test: no environment of the machine's own, and no network but loopback."""

import os
import signal
from collections.abc import Iterator, Mapping
from unittest.mock import patch

import pytest


@pytest.fixture(autouse=True, scope="session")
def environment_of_the_caller() -> Iterator[Mapping[str, str | None]]:
    """Run every test without the caller's credentials and settings; return them, None for what was not set.

    Only the tests of a deployed stack use them.
    """
    taken = {
        name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("AWS_", "RETAKE_", "POWERTOOLS_"))
    }
    # The files of ~/.aws hold credentials and endpoints as well.
    ours = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    ours |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    # Loopback is never reached through a proxy.
    ours |= dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost,::1")
    replaced = {name: os.environ.get(name) for name in ours}
    with patch.dict(os.environ, ours):
        yield replaced | taken
    os.environ.update(taken)


@pytest.fixture(autouse=True, scope="session")
def _signals_as_a_terminal_gives_them() -> None:
    """A job in the background, or under nohup, was started to ignore them, and so would what the tests start."""
    for name, handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        if (number := getattr(signal, name, None)) and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)
