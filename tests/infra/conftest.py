"""Synthesise the stack twice a session: with the settings in cdk.json, and with settings that add resources."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.harnesses.synthesised_stack import WIDE_SETTINGS, SynthesisedStack
from tests.support.harnesses.synthesised_stack import synthesise as synthesise_stack

Synthesise = Callable[[dict[str, Any]], SynthesisedStack]


@pytest.fixture(scope="session")
def synthesise(tmp_path_factory: pytest.TempPathFactory) -> Synthesise:
    """Synthesise the stack with some settings."""
    return lambda context: synthesise_stack(tmp_path_factory.mktemp("cdk.out"), context)


@pytest.fixture(scope="session")
def stack(synthesise: Synthesise) -> SynthesisedStack:
    """The stack as cdk.json describes it."""
    return synthesise({})


@pytest.fixture(scope="session")
def wide_stack(synthesise: Synthesise) -> SynthesisedStack:
    """The stack with more models, another bucket, a Region outside the profile's own, and short retentions."""
    return synthesise(WIDE_SETTINGS)
