"""boto3's clients for a deployed stack, and one error with one line for everything that they raise."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
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

# Following takes minutes or hours, so a failed poll is retried for a while.
_CONFIG = Config(connect_timeout=10, read_timeout=60, retries={"total_max_attempts": 8, "mode": "standard"})
_NO_CREDENTIALS = "run `aws configure` or `aws sso login`, or set AWS_PROFILE"
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
UNSERVED = "Unserved"
"""The code of an operation that an endpoint other than AWS, such as `retake serve`, does not have."""
_BAD_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
# AWS: IAM has no actions for these operations; they need the action of the whole object.
_IAM_ACTIONS = {
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}


class StackError(CommandError):
    """A call to AWS failed, or the stack is not usable. One line for the user, and the command's exit code."""

    def __init__(self, message: str, exit_code: int = exit_codes.FAULT, code: str = "") -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code
        self.code = code
        """AWS's error code; empty if AWS did not answer."""

    @property
    def is_missing(self) -> bool:
        """Whether S3 has no such object."""
        return self.code in ("NoSuchKey", "404")


class Aws:
    """The clients, with the credentials, profile and Region that boto3 resolves.

    region: overrides boto3's Region. fallback_region: used where boto3 has none.

    Raises:
        StackError: there is no Region, no such profile, or no credentials.
    """

    def __init__(self, region: str | None, fallback_region: str | None = None) -> None:
        with errors_of("sts"):
            self._session = boto3.Session(region_name=region)
            if not self._session.region_name and fallback_region:
                self._session = boto3.Session(region_name=fallback_region)
            if not self._session.region_name:
                raise NoRegionError
            credentials = self._session.get_credentials()
            if credentials is None:
                raise BotoNoCredentialsError
            # Now, not in the middle of a run: a role with MFA asks for a code.
            credentials.get_frozen_credentials()
        self.credentials_expire_at: datetime | None = getattr(credentials, "_expiry_time", None)
        """When the credentials expire; None if they do not, or botocore does not know."""
        self.region = self._session.region_name
        self.cloudformation: CloudFormationClient = self._client("cloudformation")
        self.stepfunctions: SFNClient = self._client("stepfunctions")
        self.s3: S3Client = self._client("s3")
        self.dynamodb: DynamoDBClient = self._client("dynamodb")

    def _client(self, service: Any) -> Any:
        return self._session.client(service, config=_CONFIG)

    def client(self, service: Any, config: Config | None = None, region: str | None = None) -> Any:
        """Return a client of another service, with other settings, or in another Region."""
        return self._session.client(service, config=_CONFIG.merge(config) if config else _CONFIG, region_name=region)


@contextmanager
def errors_of(service: str, resource: str = "") -> Iterator[None]:
    """Raise boto3's errors in the block as a `StackError`.

    service: its prefix in IAM, e.g. "states". resource: what the call is about, for the message.
    """
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        raise _stack_error(error, service, resource) from None


def _stack_error(error: Exception, service: str, resource: str) -> StackError:
    on = f" on {resource}" if resource else ""
    if isinstance(error, ClientError):
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        action = f"{service}:{_IAM_ACTIONS.get(error.operation_name, error.operation_name)}"
        if code in _DENIED:
            return StackError(
                f"not allowed: {action}{on}: {message} (docs/iam.md lists what a caller needs)", code="AccessDenied"
            )
        if code in _BAD_CREDENTIALS:
            return StackError(f"AWS refuses these credentials ({code}: {message}); {_NO_CREDENTIALS}", code=code)
        # An AWS service answers with a code in words. Here, the message would be a page of markup.
        if code.isdigit() and "<" in message:
            return StackError(f"this endpoint has no {action}", code=UNSERVED)
        return StackError(f"{action}{on} failed: {code}: {message}", code=code)
    if isinstance(error, NoRegionError):
        return StackError("no AWS Region: give --region, or set AWS_DEFAULT_REGION", exit_codes.BAD_INPUT)
    if isinstance(error, ProfileNotFound):
        return StackError(f"{error}; correct AWS_PROFILE")
    if isinstance(error, (BotoNoCredentialsError, PartialCredentialsError)):
        return StackError(f"boto3 finds no AWS credentials: {_NO_CREDENTIALS}")
    return StackError(f"AWS did not answer {service}{on}: {error}")
