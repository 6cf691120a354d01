"""The cost of a request, computed without a call to Bedrock."""

from collections.abc import Mapping
from typing import Any

from lambdas.core.admission.admit import admit_request
from lambdas.core.admission.dry_run import price_request
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.event_file import make_execution_name, read_event, source_name
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError


def estimate_event(source: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return a dry run's answer for the event in the file `source` ("-": standard input).

    Raises:
        BadInputError: the file or the event cannot be used, with the message of `retake run`.
    """
    try:
        event = read_event(source)
        settings = local_settings(event, environment)
        estimate = price_request(admit_request(event, settings, make_execution_name(source)), settings)
        # The counts of the worst case at the top level too, where a script looks for them.
        return {**estimate, **estimate["calls"]}
    except InvalidRequestError as error:
        raise BadInputError(f"{source_name(source)}: {error}") from None
