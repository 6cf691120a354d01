"""Check an event as a request, and report every fault that can be found here, one a line."""

from collections.abc import Mapping

from lambdas.core.request.faults import Faults
from lambdas.core.request.request import Request, collect_request
from lambdas.core.request.usable import collect_unusable
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from retake.inputs.event import InputEvent
from retake.inputs.settings import local_settings


def check_event(event: InputEvent, environment: Mapping[str, str]) -> tuple[Settings, Request]:
    """Return the settings and the request of an event that runs on this machine.

    Raises:
        BadInputError: the event or a setting cannot be used.
    """
    try:
        settings = local_settings(event.fields, environment)
    except InvalidRequestError as error:
        raise event.refuse(error) from None
    faults = Faults()
    for line in event.picture_faults:
        faults.mark(line.partition(":")[0].partition("[")[0])
        faults.add(line)
    fields = {name: value for name, value in event.fields.items() if not faults.have(name)}
    request = collect_request(fields, settings, event.execution_name, faults)
    try:
        faults.raise_if_any()
    except InvalidRequestError:
        # Prepare checks more than that. As the event is refused anyway, name those faults too.
        raise event.refuse(_all_faults(event, request, settings, faults)) from None
    return settings, request


def _all_faults(event: InputEvent, request: Request, settings: Settings, faults: Faults) -> InvalidRequestError:
    try:
        if event.fields.get("max_cost_usd") is None:
            collect_unusable(request, faults)
            faults.raise_if_any()
        # Imported here because prices need boto3, which takes longer to import than everything else here.
        from lambdas.core.admission.admit import admit_request

        admit_request(event.fields, settings, event.execution_name)
    except InvalidRequestError as error:
        return error
    raise AssertionError("an event with faults was admitted")
