"""The errors of a run. They are the state machine's API: a Lambda's exception reaches Step Functions by its class name.

RetakeError
├── InvalidRequestError      the event is at fault: never retried, the run ends with it
├── ModelError
│   ├── ModelThrottledError      asked too often: retried by the state machine, slowly
│   ├── ModelUnavailableError    the service or the connection failed: retried
│   ├── ModelTimeoutError        no answer in time: retried, few times, because it may have been paid for
│   ├── ModelAnswerError         Claude's answer cannot be read: Claude is asked again, never the image model
│   ├── ModelAccessError         this account or role may not call the model: never retried
│   └── ModelEndOfLifeError      the service no longer serves the model: never retried
└── RecordError              S3 did not take or give a record: retried

A refusal by a content filter and a ceiling that is reached are no errors: they are outcomes,
values that a handler answers with.
Every message is one line that names what is at fault and what to do, because a user reads it.
"""


class RetakeError(Exception):
    """Any fault of a run that has a name."""


class InvalidRequestError(RetakeError):
    """The event, or a setting it relies on, cannot be used as it stands. Names the field, the fault and the fix."""


class ModelError(RetakeError):
    """A model on Bedrock did not do its part."""


class ModelThrottledError(ModelError):
    """The model refused the call for its rate or quota. Nothing was paid."""


class ModelUnavailableError(ModelError):
    """The service failed, or the connection did."""


class ModelTimeoutError(ModelError):
    """No answer came in time. The call may have been paid for, and is counted as paid."""


class ModelAnswerError(ModelError):
    """Claude answered, but not with what was asked for, and neither did it after being told so."""


class ModelAccessError(ModelError):
    """The account or the role may not call the model; an administrator must act."""


class ModelEndOfLifeError(ModelError):
    """The service says that the model is gone, or is closed to this account as Legacy."""


class RecordError(RetakeError):
    """S3 did not take or give a record of the run."""


RETRIED_ERRORS = (ModelThrottledError, ModelUnavailableError, ModelTimeoutError, RecordError)
"""Errors that the state machine retries on every task; `ModelAnswerError` only where Claude is asked."""
