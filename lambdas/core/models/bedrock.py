"""Bedrock's own errors, as ours: what to retry, what to give up on, and what to tell the user."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)

from lambdas.core.runtime.errors import (
    InvalidRequestError,
    ModelAccessError,
    ModelEndOfLifeError,
    ModelError,
    ModelThrottledError,
    ModelTimeoutError,
    ModelUnavailableError,
    RetakeError,
)

_BY_CODE: dict[str, type[ModelError]] = {
    "ThrottlingException": ModelThrottledError,
    # AWS: "You can resubmit your request later".
    "ServiceQuotaExceededException": ModelThrottledError,
    "ModelNotReadyException": ModelThrottledError,
    "ServiceUnavailableException": ModelUnavailableError,
    "InternalServerException": ModelUnavailableError,
    "ModelErrorException": ModelUnavailableError,
    "ModelTimeoutException": ModelTimeoutError,
    "AccessDeniedException": ModelAccessError,
    "UnrecognizedClientException": ModelAccessError,
    "ExpiredTokenException": ModelAccessError,
    "InvalidSignatureException": ModelAccessError,
}

# AWS: wordings seen for a model that is gone, or closed to accounts that do not use it already.
_GONE = ("end of its life", "marked by provider as Legacy")
# AWS: wordings of a ValidationException that is about the account or the model id, not about the request.
_NO_ACCESS = (
    "Operation not allowed",
    "on-demand throughput isn",
    "model identifier is invalid",
    "MPAgreementBeingCreated",
)

# What boto3 raises when it has nothing to sign a request with: no profile, a sign-in that expired, half a key pair.
_NOT_SIGNED_IN = (
    CredentialRetrievalError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)


def translate_error(error: ClientError | BotoCoreError, model_id: str) -> RetakeError:
    """The error of ours that says what Bedrock's means for the run.

    `InvalidRequestError` stands for a request that the model refused as it stands: the same request would be refused
    again, so nobody retries it.
    """
    if isinstance(error, ReadTimeoutError):
        return ModelTimeoutError(f"{model_id}: no answer in time")
    if isinstance(error, _NOT_SIGNED_IN):
        return ModelAccessError(f"{model_id}: no AWS credentials were found; set AWS_PROFILE or sign in ({error})")
    if isinstance(error, BotoCoreError):
        return ModelUnavailableError(f"{model_id}: the connection failed ({type(error).__name__})")
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    said = f"{model_id}: {' '.join(message.split()) or code}"
    if any(words in message for words in _GONE):
        return ModelEndOfLifeError(said)
    if any(words in message for words in _NO_ACCESS):
        return ModelAccessError(f"{said} (ask an administrator to enable the model for this account and Region)")
    if code in _BY_CODE:
        return _BY_CODE[code](said)
    if code == "ResourceNotFoundException":
        return ModelAccessError(f"{said} (ask an administrator to enable the model for this account and Region)")
    if code == "ValidationException":
        return InvalidRequestError(f"{said} (Bedrock refused the request)")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # AWS: a bad or foreign signature has half a dozen codes; what they share is the status.
    if status in (401, 403):
        return ModelAccessError(f"{said} ({code}, HTTP {status})")
    return ModelUnavailableError(f"{said} ({code}, HTTP {status})")


def may_be_billed(error: ClientError | BotoCoreError) -> bool:
    """Whether the request was sent and no answer came, so that it may have been paid for."""
    # AWS: "the request took too long to process", which says that it was worked on.
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] == "ModelTimeoutException"
    # A fault of the connection's making, of the credentials or of the request itself comes before anything is sent.
    return isinstance(error, HTTPClientError | IncompleteReadError)
