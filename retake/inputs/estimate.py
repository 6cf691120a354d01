"""The cost of a request, computed without a call to Bedrock."""

from collections.abc import Mapping
from typing import Any

from lambdas.core.admission.admit import admit_request
from lambdas.core.admission.dry_run import price_request
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.event import InputEvent
from retake.inputs.settings import local_settings


def estimate_event(event: InputEvent, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return a dry run's answer for the event.

    Raises:
        BadInputError: the event cannot be used, with the message of `retake run`.
    """
    try:
        settings = local_settings(event.fields, environment)
        estimate = price_request(admit_request(event.fields, settings, event.execution_name), settings)
    except InvalidRequestError as error:
        raise event.refuse(error) from None
    # The counts of the worst case at the top level too, where a script looks for them.
    return {**estimate, **estimate["calls"]}
