"""The errors the service answers with, in its own words.

Sources: AWS docs, Bedrock API reference (InvokeModel, Converse: errors and HTTP statuses) and Bedrock user guide
(troubleshooting-api-error-codes); wording of ValidationException texts as seen in public reports of real calls.
"""

HTTP_STATUS = {
    "AccessDeniedException": 403,
    "InternalServerException": 500,
    "ModelErrorException": 424,
    "ModelNotReadyException": 429,
    "ModelTimeoutException": 408,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 400,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
    "UnknownOperationException": 404,
    "ValidationException": 400,
}


class ServiceError(Exception):
    """An answer other than 200: becomes the HTTP status, the `x-amzn-ErrorType` header and `{"message": ...}`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = HTTP_STATUS[code]


def malformed(fault: str) -> ServiceError:
    """A body that does not fit the model's schema; `fault` is a JSON-schema validator's sentence."""
    return ServiceError(
        "ValidationException", f"Malformed input request: {fault}, please reformat your input and try again."
    )


def invalid(message: str) -> ServiceError:
    """A request that Converse itself turns down."""
    return ServiceError("ValidationException", message)


def refused_by_model(message: str) -> ServiceError:
    """A request that Converse passed on and the model turned down."""
    return ServiceError("ValidationException", f"The model returned the following errors: {message}")
