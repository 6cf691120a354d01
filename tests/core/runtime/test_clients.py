"""The clients: one call of ours is one call on the wire, with time enough for a picture."""

from collections.abc import Iterator

import pytest

from lambdas.core.runtime import clients
from lambdas.core.runtime.functions import CLAUDE_READ_TIMEOUT_S, IMAGE_READ_TIMEOUT_S


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    clients.clear()
    yield monkeypatch
    monkeypatch.undo()
    clients.clear()


def test_bedrock_is_called_once_where_the_models_live_and_waited_for(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("RETAKE_IMAGE_REGION", "us-west-2")
    fresh.setenv("RETAKE_CLAUDE_REGION", "eu-west-1")
    images, claude = clients.bedrock_for_images(), clients.bedrock_for_claude()
    assert (images.meta.region_name, claude.meta.region_name) == ("us-west-2", "eu-west-1")
    # AWS: 300 s at the least for pictures; a call that the SDK made again would be paid again.
    assert images.meta.config.read_timeout == IMAGE_READ_TIMEOUT_S >= 300  # type: ignore[attr-defined]
    assert claude.meta.config.read_timeout == CLAUDE_READ_TIMEOUT_S  # type: ignore[attr-defined]
    for client in (images, claude):
        assert client.meta.config.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]
        assert client.meta.config.tcp_keepalive is True  # type: ignore[attr-defined]


def test_clients_and_settings_are_made_once_until_they_are_cleared(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("RETAKE_IMAGE_READ_TIMEOUT_S", "7.5")
    before = clients.bedrock_for_images()
    fresh.setenv("RETAKE_IMAGE_READ_TIMEOUT_S", "8")
    assert clients.bedrock_for_images() is before
    assert before.meta.config.read_timeout == 7.5  # type: ignore[attr-defined]
    clients.clear()
    assert clients.bedrock_for_images().meta.config.read_timeout == 8  # type: ignore[attr-defined]
