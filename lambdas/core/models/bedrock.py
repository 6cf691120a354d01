"""Translate Bedrock's errors into ours, so that the state machine knows which to retry and the user what to do."""

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

from lambdas.core.models.response import UnreadableAnswerError
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

CALL_FAULTS = (BotoCoreError, ClientError, UnreadableAnswerError)
"""Every error that a call inside `reading_answer` can raise."""
CallFault = BotoCoreError | ClientError | UnreadableAnswerError

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

# AWS: messages seen for a model that has been removed, or that is closed to accounts that did not use it before.
_GONE = ("end of its life", "marked by provider as Legacy")
# AWS: messages of a ValidationException whose cause is the account or the model id, not the request.
_NO_ACCESS = (
    "Operation not allowed",
    "on-demand throughput isn",
    "model identifier is invalid",
    "MPAgreementBeingCreated",
)

# boto3 raises these when it cannot sign a request: no profile, an expired sign-in, half a key pair.
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


def translate_error(
    error: CallFault, model_id: str, unreadable: type[ModelError] = ModelUnavailableError
) -> RetakeError:
    """Return our error for an error of Bedrock's, of the connection to it, or of reading its answer.

    A request that the model rejects becomes `InvalidRequestError`: it would be rejected again, so it is never retried.

    unreadable: the error for an HTTP 200 that does not have the documented form.
    """
    if isinstance(error, UnreadableAnswerError):
        return unreadable(f"{model_id}: its answer cannot be used: {error}; it is counted as paid")
    if isinstance(error, ReadTimeoutError):
        return ModelTimeoutError(f"{model_id}: no answer in time")
    if isinstance(error, _NOT_SIGNED_IN):
        return ModelAccessError(f"{model_id}: no AWS credentials were found; set AWS_PROFILE or sign in ({error})")
    if isinstance(error, BotoCoreError):
        return ModelUnavailableError(f"{model_id}: the connection failed ({type(error).__name__})")
    code, message = error.response["Error"]["Code"], str(error.response["Error"].get("Message") or "")
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
    # AWS: an invalid signature has half a dozen error codes; only the HTTP status is the same.
    if status in (401, 403):
        return ModelAccessError(f"{said} ({code}, HTTP {status})")
    return ModelUnavailableError(f"{said} ({code}, HTTP {status})")


def may_be_billed(error: CallFault) -> bool:
    """Return whether AWS may have billed the call: it was sent, and no usable answer came back."""
    if isinstance(error, UnreadableAnswerError):
        return True
    # AWS: "the request took too long to process" means that the model did work on it.
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] == "ModelTimeoutException"
    # Errors of connecting, of credentials and of building the request happen before anything is sent.
    return isinstance(error, HTTPClientError | IncompleteReadError)
