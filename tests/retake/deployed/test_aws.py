"""An error of AWS becomes one line that says what to do."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from retake.deployed.aws import StackError, errors_of


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
            "AWS refuses these credentials",
        ),
        (
            refused("ExecutionLimitExceeded", "too many", "StartExecution"),
            "states",
            "states:StartExecution on here failed",
        ),
        (
            refused("500", "<Error>NotImplementedError</Error>", "Invoke"),
            "lambda",
            "this endpoint has no lambda:Invoke",
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
