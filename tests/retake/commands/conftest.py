"""A deployed stack, started once per module."""

import json
from collections.abc import Iterator

import pytest

from standin import StandIn
from tests.support.harnesses.bedrock_endpoint import bedrock_environment
from tests.support.harnesses.served_stack import ServedStack, serving


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, bedrock: StandIn) -> Iterator[ServedStack]:
    """The stack of `retake serve`. It calls the fixture `bedrock` of the module."""
    folder = tmp_path_factory.mktemp("stack")
    cdk_json = folder / "cdk.json"
    cdk_json.write_text(json.dumps({"context": {"retake:extra_output_buckets": ["ho2k.com"]}}), encoding="utf-8")
    options = ("--bedrock", "aws", "--settings", str(cdk_json))
    with serving(folder, *options, environment=bedrock_environment(bedrock)) as server:
        yield server
