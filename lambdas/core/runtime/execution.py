"""What the state machine knows by itself and hands to a function: its execution, and a fault that it caught."""

from collections.abc import Mapping
from typing import Any, TypedDict, TypeVar

from lambdas.core.runtime.errors import InvalidRequestError


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


Given = TypeVar("Given", bound=Mapping[str, Any])


def check_event(event: Given, *names: str) -> Given:
    """Return the event of a function that begins a machine.

    Raises:
        InvalidRequestError: it lacks a field that the machine gives. Somebody invoked the function alone.
    """
    execution = event.get("execution")
    missing = [name for name in names if not isinstance(execution, dict) or not isinstance(execution.get(name), str)]
    if missing:
        raise InvalidRequestError(
            f"execution: has no {' and no '.join(missing)}; start the state machine, which gives it, or add it to the event"
        )
    if "event" not in event:
        raise InvalidRequestError('event: is missing; give the input of the execution as "event"')
    return event
