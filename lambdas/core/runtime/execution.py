"""What the state machine knows by itself and hands to a function: its execution, and a fault that it caught."""

from typing import TypedDict


class Execution(TypedDict):
    """The execution of a run."""

    name: str
    started_at: str
    """ISO 8601, in UTC."""


class BatchExecution(Execution):
    """The execution of a batch."""

    id: str
    """Its ARN."""


class Fault(TypedDict):
    """The error that a state ended with."""

    error: str
    """Its name: one of lambdas.core.runtime.errors, or one of AWS's."""
    cause: str
    """At most 4,000 characters; `lambdas.core.runtime.cause.parse_cause` finds the message in it."""
