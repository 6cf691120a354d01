"""The error answers of Bedrock, in the service's own words.

Sources: AWS docs, Bedrock API reference (InvokeModel, Converse: errors and HTTP statuses) and Bedrock user guide
(troubleshooting-api-error-codes). The ValidationException texts are worded as in public reports of real calls.
"""

HTTP_STATUS = {
    "AccessDeniedException": 403,
    "ConflictException": 400,
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
    """An error answer. It becomes the HTTP status, the `x-amzn-ErrorType` header and the body `{"message": ...}`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = HTTP_STATUS[code]


def malformed_input(fault: str) -> ServiceError:
    """Return the error for an InvokeModel body that does not fit the model's schema.

    `fault` is worded like a message of a JSON schema validator.
    """
    return ServiceError(
        "ValidationException", f"Malformed input request: {fault}, please reformat your input and try again."
    )


def invalid_request(message: str) -> ServiceError:
    """Return the error for a request that the service itself rejects."""
    return ServiceError("ValidationException", message)


def needs_profile(model_id: str) -> ServiceError:
    """Return the error for a base id of a model that is called by an inference profile only."""
    return invalid_request(
        f"Invocation of model ID {model_id} with on-demand throughput isn't supported. Retry your request with the "
        "ID or ARN of an inference profile that contains this model."
    )


def rejected_by_model(message: str) -> ServiceError:
    """Return the error for a request that the service passes on and the model rejects."""
    return ServiceError("ValidationException", f"The model returned the following errors: {message}")


def in_own_words(message: str) -> ServiceError:
    """Return the error for a documented limit for which no source gives AWS's text. It says whose words these are."""
    return ServiceError(
        "ValidationException", f"{message} (No source gives Bedrock's text: these are the stand-in's words.)"
    )
