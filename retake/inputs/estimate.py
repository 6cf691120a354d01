"""What a request would cost, told without asking Bedrock anything."""

from collections.abc import Mapping
from typing import Any

from lambdas.core.admission.checked_request import checked_request
from lambdas.core.admission.dry_run import priced
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.event_file import execution_name, named, read_event
from retake.inputs.settings import settings_here
from retake.view.errors import BadInputError


def estimated(source: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """A dry run's answer for the event in the file `source` ("-": standard input).

    Raises:
        BadInputError: the file or the event cannot be used, just as `retake run` would say it.
    """
    try:
        event = read_event(source)
        settings = settings_here(event, environment)
        estimate = priced(checked_request(event, settings, execution_name(source)), settings)
        # The counts of the worst case at the top level too, where a script looks for them.
        return {**estimate, **estimate["calls"]}
    except InvalidRequestError as error:
        raise BadInputError(f"{named(source)}: {error}") from None
