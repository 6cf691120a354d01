"""A scripted Claude, for all tests of injection."""

import pytest

from lambdas.core.models.claude import converse
from tests.support.fakes.claude import ScriptedClaude


@pytest.fixture(scope="package")
def scripted_claude() -> ScriptedClaude:
    """One client for all, because making one takes longer than most tests."""
    return ScriptedClaude()


@pytest.fixture
def claude(scripted_claude: ScriptedClaude, monkeypatch: pytest.MonkeyPatch) -> ScriptedClaude:
    monkeypatch.setattr(converse, "bedrock_for_claude", lambda: scripted_claude.client)
    scripted_claude.reset()
    return scripted_claude
