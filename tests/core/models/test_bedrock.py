"""Bedrock's faults under our names: every one that is documented or was seen, and whether it may have been paid for."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from lambdas.core.models.bedrock import may_be_billed, translate_error
from lambdas.core.runtime.errors import (
    InvalidRequestError,
    ModelAccessError,
    ModelEndOfLifeError,
    ModelThrottledError,
    ModelTimeoutError,
    ModelUnavailableError,
    RetakeError,
)

URL = "https://bedrock"

# AWS: Bedrock user guide, "Troubleshooting API error codes"; the messages are those seen in public code in 2026.
SERVICE_ERRORS: list[tuple[str, int, str, type[RetakeError]]] = [
    ("ThrottlingException", 429, "Too many requests, please wait before trying again.", ModelThrottledError),
    ("ServiceQuotaExceededException", 400, "You can resubmit your request later.", ModelThrottledError),
    ("ModelNotReadyException", 429, "Model is not ready for inference.", ModelThrottledError),
    ("ServiceUnavailableException", 503, "Bedrock is unable to process your request.", ModelUnavailableError),
    ("InternalServerException", 500, "The system encountered an unexpected error.", ModelUnavailableError),
    ("ModelErrorException", 424, "The model returned an error.", ModelUnavailableError),
    ("ModelTimeoutException", 408, "The request took too long to process.", ModelTimeoutError),
    ("AccessDeniedException", 403, "You don't have access to the model with the specified model ID.", ModelAccessError),
    ("AccessDeniedException", 403, "MPAgreementBeingCreated: try again after 15 minutes", ModelAccessError),
    ("UnrecognizedClientException", 403, "The security token included in the request is invalid.", ModelAccessError),
    ("ExpiredTokenException", 403, "The security token included in the request is expired", ModelAccessError),
    ("InvalidSignatureException", 403, "Signature expired", ModelAccessError),
    ("MissingAuthenticationTokenException", 403, "Missing Authentication Token", ModelAccessError),
    ("IncompleteSignatureException", 403, "Authorization header requires 'Credential'", ModelAccessError),
    ("ResourceNotFoundException", 404, "Model use case details have not been submitted.", ModelAccessError),
    ("ResourceNotFoundException", 404, "This model version has reached the end of its life.", ModelEndOfLifeError),
    (
        "ResourceNotFoundException",
        404,
        "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in "
        "the last 30 days. Please upgrade to an active model on Amazon Bedrock",
        ModelEndOfLifeError,
    ),
    ("ValidationException", 400, "Operation not allowed", ModelAccessError),
    ("ValidationException", 400, "The provided model identifier is invalid.", ModelAccessError),
    (
        "ValidationException",
        400,
        "Invocation of model ID anthropic.claude-haiku-5-5 with on-demand throughput isn't supported. Retry your request "
        "with the ID or ARN of an inference profile that contains this model.",
        ModelAccessError,
    ),
    (
        "ValidationException",
        400,
        "Malformed input request: #/seed: -1 is not greater or equal to 0",
        InvalidRequestError,
    ),
    # The error is about a parameter, so it must not be reported as the end of the model.
    ("ValidationException", 400, "`temperature` is deprecated for this model.", InvalidRequestError),
    ("SomethingNewException", 500, "", ModelUnavailableError),
]


@pytest.mark.parametrize(("code", "status", "message", "expected"), SERVICE_ERRORS)
def test_a_service_error_has_a_name_and_one_line_and_is_paid_only_if_the_model_worked(
    code: str, status: int, message: str, expected: type[RetakeError]
) -> None:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error = ClientError(response, "Converse")  # type: ignore[arg-type]  # the stubs want every field of the metadata
    named = translate_error(error, "some-model")
    assert type(named) is expected
    assert str(named).startswith("some-model: ")
    assert (message or code) in str(named)
    assert may_be_billed(error) is (expected is ModelTimeoutError)


def test_a_message_of_several_lines_becomes_one() -> None:
    error = ClientError({"Error": {"Code": "ValidationException", "Message": "two\nlines\r\n  of it"}}, "Converse")
    assert "two lines of it" in str(translate_error(error, "m")) and "\n" not in str(translate_error(error, "m"))


def test_an_error_without_a_message_is_named_by_its_code() -> None:
    named = translate_error(ClientError({"Error": {"Code": "ThrottlingException"}}, "Converse"), "m")
    assert str(named) == "m: ThrottlingException"


@pytest.mark.parametrize(
    ("error", "expected", "may_be_paid"),
    [
        (ReadTimeoutError(endpoint_url=URL), ModelTimeoutError, True),
        (ConnectionClosedError(endpoint_url=URL), ModelUnavailableError, True),
        (ResponseStreamingError(error="reset"), ModelUnavailableError, True),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), ModelUnavailableError, True),
        (ConnectTimeoutError(endpoint_url=URL), ModelUnavailableError, False),
        (EndpointConnectionError(endpoint_url=URL), ModelUnavailableError, False),
        (ProxyConnectionError(proxy_url=URL), ModelUnavailableError, False),
        (SSLError(endpoint_url=URL, error=OSError("expired")), ModelUnavailableError, False),
        (NoCredentialsError(), ModelAccessError, False),
        (PartialCredentialsError(provider="env", cred_var="key"), ModelAccessError, False),
        (CredentialRetrievalError(provider="process", error_msg="exit 1"), ModelAccessError, False),
        (TokenRetrievalError(provider="sso", error_msg="expired"), ModelAccessError, False),
        (UnauthorizedSSOTokenError(), ModelAccessError, False),
        (SSOTokenLoadError(error_msg="expired"), ModelAccessError, False),
    ],
)
def test_a_call_without_an_answer_is_named_and_counted_as_paid_only_if_it_was_sent(
    error: BotoCoreError, expected: type[RetakeError], may_be_paid: bool
) -> None:
    named = translate_error(error, "some-model")
    assert type(named) is expected
    assert str(named).startswith("some-model: ") and "\n" not in str(named)
    assert may_be_billed(error) is may_be_paid
