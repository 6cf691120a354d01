"""Fixtures of the unit tests: an isolated environment, and Bedrock behind botocore's stubber."""

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lambdas.core.models import image as image_models
from lambdas.core.models.claude import converse
from lambdas.core.runtime import clients
from tests.support.fakes.bedrock import ScriptedBedrock

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "RETAKE_BUCKET": "pictures",
}


@pytest.fixture(scope="package", autouse=True)
def environment() -> Iterator[None]:
    """Isolate the tests from this machine's AWS settings, and from the clients of other folders' tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "RETAKE_", "POWERTOOLS_"))]:
            patch.delenv(name)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        clients.clear()
        yield
        clients.clear()


@pytest.fixture(scope="package")
def bedrock(environment: None) -> Any:
    """Return one client for all tests, because making a client takes longer than most tests."""
    return boto3.client("bedrock-runtime")


@pytest.fixture
def claude(bedrock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedBedrock]:
    """A scripted Claude."""
    with ScriptedBedrock(bedrock, "converse") as wire:
        monkeypatch.setattr(converse, "bedrock_for_claude", lambda: wire.client)
        yield wire
        wire.check_all_used()


@pytest.fixture
def painter(bedrock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedBedrock]:
    """A scripted image model."""
    with ScriptedBedrock(bedrock, "invoke_model") as wire:
        monkeypatch.setattr(image_models, "bedrock_for_images", lambda: wire.client)
        yield wire
        wire.check_all_used()
