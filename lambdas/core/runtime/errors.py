"""The errors of a run. The state machine matches a Lambda's exception by its class name, so the names are its API.

RetakeError
├── InvalidRequestError      the event is wrong: never retried, the run ends
├── ModelError
│   ├── ModelThrottledError      rate or quota exceeded: retried by the state machine, slowly
│   ├── ModelUnavailableError    the service, the connection or an image model's answer failed: retried
│   ├── ModelTimeoutError        no answer in time: retried a few times only, because each call may be billed
│   ├── ModelAnswerError         Claude's answer is unusable: Claude is asked again, the image model is not
│   ├── ModelAccessError         the account or role may not call the model: never retried
│   └── ModelEndOfLifeError      the service has retired the model: never retried
└── RecordError              a record could not be read or written: retried
    └── CorruptRecordError       a record is not what its step wrote: never retried, because it stays so

A content filter's refusal and a reached cost ceiling are not errors. A handler returns them as outcomes.
Every message is one line for the user. It names what is wrong and what to do. Only `InvalidRequestError` may have
several lines, one for each fault.
"""


class RetakeError(Exception):
    """The base class of the errors of a run."""


class InvalidRequestError(RetakeError):
    """The event, or a setting it relies on, is invalid. The message has a line for each fault: the field, the fault, the fix."""

    @property
    def faults(self) -> list[str]:
        """The faults, one line each."""
        return str(self).split("\n")

    @property
    def on_one_line(self) -> str:
        """The faults on one line, for a message that must not have more."""
        return "; ".join(self.faults)


class ModelError(RetakeError):
    """A call of a model on Bedrock failed."""


class ModelThrottledError(ModelError):
    """The call exceeded a rate or a quota. It is not billed."""


class ModelUnavailableError(ModelError):
    """The service or the connection failed, or an image model's answer holds no picture (that is counted as paid)."""


class ModelTimeoutError(ModelError):
    """No answer came in time. The call may be billed, so the ledger counts it as paid."""


class ModelAnswerError(ModelError):
    """Claude refused, or its answer could not be read, or was not usable even after it was sent back with the reason."""


class ModelAccessError(ModelError):
    """The account or the role may not call the model. An administrator must enable it."""


class ModelEndOfLifeError(ModelError):
    """The service has retired the model, or closed it to this account as Legacy."""


class RecordError(RetakeError):
    """S3 or DynamoDB could not read or write a record, or Step Functions could not describe an execution."""


class CorruptRecordError(RecordError):
    """A record is not JSON, or lacks fields that its step wrote. The message names it."""


RETRIED_ERRORS = (ModelThrottledError, ModelUnavailableError, ModelTimeoutError, RecordError)
"""The errors that every task's state retries. States that ask Claude also retry `ModelAnswerError`."""
