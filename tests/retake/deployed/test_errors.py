"""What AWS refuses, in one line that says what to do; and what is refused before AWS is asked."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from retake.deployed import stack as deployed
from retake.deployed.aws import StackError, errors_of
from retake.deployed.event import checked_event
from retake.deployed.stack import DeployedStack
from retake.view.errors import BadInputError


def refused(code: str, message: str, operation: str) -> ClientError:
    return ClientError(cast(Any, {"Error": {"Code": code, "Message": message}}), operation)


@pytest.mark.parametrize(
    ("error", "service", "said"),
    [
        (
            refused("AccessDeniedException", "User: ann is not authorized", "StartExecution"),
            "states",
            "not allowed: states:StartExecution on here: User: ann is not authorized (docs/iam.md",
        ),
        (refused("403", "Forbidden", "HeadObject"), "s3", "not allowed: s3:GetObject on here"),
        (refused("AccessDenied", "no", "UploadPart"), "s3", "not allowed: s3:PutObject on here"),
        (
            refused("ExpiredToken", "is expired", "DescribeStacks"),
            "cloudformation",
            "AWS does not take these credentials",
        ),
        (
            refused("ExecutionLimitExceeded", "too many", "StartExecution"),
            "states",
            "states:StartExecution on here failed",
        ),
        (EndpointConnectionError(endpoint_url="https://x"), "s3", "AWS did not answer s3 on here: Could not connect"),
    ],
)
def test_error_when_aws_refuses_then_one_line_names_the_action(error: Exception, service: str, said: str) -> None:
    with pytest.raises(StackError) as caught, errors_of(service, "here"):
        raise error

    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_stack_when_it_is_not_retakes_then_the_missing_output_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    described = {"Stacks": [{"Outputs": [{"OutputKey": "BucketName", "OutputValue": "b"}]}]}
    client = SimpleNamespace(describe_stacks=lambda **_: described)
    monkeypatch.setattr(deployed, "Aws", lambda region: SimpleNamespace(region="us-east-1", cloudformation=client))

    stack = DeployedStack("Shop", None)

    assert stack.output("BucketName") == "b"
    with pytest.raises(StackError, match="the stack 'Shop' in us-east-1 has no output BatchTableName") as caught:
        stack.output("BatchTableName")
    assert caught.value.exit_code == 2


def written(folder: Path, **event: Any) -> str:
    path = folder / "event.json"
    path.write_text(json.dumps({"prompt": "a red circle", **event}), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "event",
    [
        {"titan_img_cfg_scale": 8},
        {"titan_img_width": 1152, "titan_img_height": 768},
        {"claude_validate_max_tokens": 100_000},
        {"output_s3_bucket_name": "another-bucket"},
    ],
)
def test_event_when_only_the_deployment_knows_whether_it_fits_then_it_is_let_through(
    event: dict[str, Any], tmp_path: Path
) -> None:
    assert checked_event(written(tmp_path, **event)).event == {"prompt": "a red circle", **event}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"titan_img_cfg_scale": 99}, "titan_img_cfg_scale: "),
        ({"image_model_id": "stability.stable-image-core-v1:1", "titan_img_cfg_scale": 8}, "titan_img_cfg_scale: "),
        ({"image_model_id": "no-such-model"}, "image_model_id: "),
        ({"promt": "x"}, "promt: there is no such field"),
        ({"output_s3_key_prefix": "batch/manifests"}, "output_s3_key_prefix: "),
    ],
)
def test_event_when_no_deployment_could_run_it_then_it_is_refused_here(
    event: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match=said):
        checked_event(written(tmp_path, **event))
