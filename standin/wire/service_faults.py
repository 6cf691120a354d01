"""The error answers that a fault script can inject.

Sources: AWS docs, Bedrock user guide, troubleshooting-api-error-codes. The legacy and end-of-life messages are worded as
in public reports of 2026.
"""

from standin.wire.service_error import ServiceError

_ERRORS = {
    "throttle": ("ThrottlingException", "Too many requests, please wait before trying again."),
    "unavailable": ("ServiceUnavailableException", "Bedrock is unable to process your request."),
    "server_error": (
        "InternalServerException",
        "The system encountered an unexpected error during processing. Try your request again.",
    ),
    "not_ready": ("ModelNotReadyException", "Model is not ready for inference. Try your request again."),
    "model_timeout": (
        "ModelTimeoutException",
        "Model has timed out in processing the request. Try your request again.",
    ),
    "model_error": ("ModelErrorException", "The request failed due to an error while processing the model."),
    "quota": (
        "ServiceQuotaExceededException",
        "Your request exceeds the service quota for your account. You can resubmit your request later.",
    ),
    "access_denied": ("AccessDeniedException", "You don't have access to the model with the specified model ID."),
    "end_of_life": (
        "ResourceNotFoundException",
        "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
    ),
    "legacy": (
        "ResourceNotFoundException",
        (
            "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model "
            "in the last 30 days. Please upgrade to an active model on Amazon Bedrock"
        ),
    ),
}
ERROR_FAULTS = frozenset(_ERRORS)


def fault_error(fault: str) -> ServiceError:
    """Return the error answer of one of `ERROR_FAULTS`."""
    return ServiceError(*_ERRORS[fault])
