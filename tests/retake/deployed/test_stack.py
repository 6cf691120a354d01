"""A stack that is not Retake's is refused by name."""

from types import SimpleNamespace

import pytest

from retake.deployed import stack as deployed
from retake.deployed.aws import StackError
from retake.deployed.stack import DeployedStack


def test_stack_when_it_is_not_retakes_then_the_missing_output_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    described = {"Stacks": [{"Outputs": [{"OutputKey": "BucketName", "OutputValue": "b"}]}]}
    client = SimpleNamespace(describe_stacks=lambda **_: described)
    monkeypatch.setattr(deployed, "Aws", lambda region: SimpleNamespace(region="us-east-1", cloudformation=client))

    stack = DeployedStack("Shop", None)

    assert stack.output("BucketName") == "b"
    with pytest.raises(StackError, match="the stack 'Shop' in us-east-1 has no output BatchTableName") as caught:
        stack.output("BatchTableName")
    assert caught.value.exit_code == 2
