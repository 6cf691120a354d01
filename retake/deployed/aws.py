"""boto3 for the commands that talk to AWS, and one line for whatever it raises."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import NoCredentialsError as BotoNoCredentialsError

from retake.view import exit_codes
from retake.view.errors import CommandError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

# Following takes minutes or hours, so that a poll is tried again for a while before it is given up.
_CONFIG = Config(connect_timeout=10, read_timeout=60, retries={"total_max_attempts": 8, "mode": "standard"})
_NO_CREDENTIALS = "run `aws configure` or `aws sso login`, or set AWS_PROFILE"
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
_NOT_ACCEPTED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


class StackError(CommandError):
    """The stack could not be asked. One line for the user, and the exit code that goes with it."""

    def __init__(self, message: str, exit_code: int = exit_codes.FAULT, code: str = "") -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code
        self.code = code
        """AWS's name of the error; empty where AWS did not answer."""


class Aws:
    """The clients, by boto3's own chain of credentials, profile and Region; `region` overrides.

    Raises:
        StackError: there is no Region, no such profile, or there are no credentials.
    """

    def __init__(self, region: str | None) -> None:
        with errors_of("sts"):
            self._session = boto3.Session(region_name=region)
            if self._session.region_name is None:
                raise NoRegionError
            credentials = self._session.get_credentials()
            if credentials is None:
                raise BotoNoCredentialsError
            # Here, and not in the middle of a run: a role with MFA asks for a code.
            credentials.get_frozen_credentials()
        self.region = self._session.region_name
        self.cloudformation: CloudFormationClient = self._client("cloudformation")
        self.stepfunctions: SFNClient = self._client("stepfunctions")
        self.s3: S3Client = self._client("s3")
        self.dynamodb: DynamoDBClient = self._client("dynamodb")

    def _client(self, service: Any) -> Any:
        return self._session.client(service, config=_CONFIG)


@contextmanager
def errors_of(service: str, what: str = "") -> Iterator[None]:
    """What boto3 raises in the block, as a `StackError`. `service` as IAM calls it; `what` was asked for, if it helps."""
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        raise _told(error, service, what) from None


def _told(error: Exception, service: str, what: str) -> StackError:
    if isinstance(error, ClientError):
        code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        # IAM knows the questions after an object's head and its parts by the object's own actions.
        operation = error.operation_name.replace("HeadObject", "GetObject")
        action = (
            f"{service}:{operation.replace('CreateMultipartUpload', 'PutObject').replace('UploadPart', 'PutObject')}"
        )
        on = f" on {what}" if what else ""
        if code in _DENIED:
            return StackError(
                f"not allowed: {action}{on}: {said} (docs/iam.md lists what a caller needs)", code="AccessDenied"
            )
        if code in _NOT_ACCEPTED:
            return StackError(f"AWS does not take these credentials ({code}: {said}); {_NO_CREDENTIALS}", code=code)
        return StackError(f"{action}{on} failed: {code}: {said}", code=code)
    if isinstance(error, NoRegionError):
        return StackError("no AWS Region: give --region, or set AWS_DEFAULT_REGION", exit_codes.BAD_INPUT)
    if isinstance(error, ProfileNotFound):
        return StackError(f"{error}; mend AWS_PROFILE")
    if isinstance(error, (BotoNoCredentialsError, PartialCredentialsError)):
        return StackError(f"boto3 finds no AWS credentials: {_NO_CREDENTIALS}")
    return StackError(f"AWS did not answer {service}{f' on {what}' if what else ''}: {error}")
