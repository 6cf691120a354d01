"""An event for a deployed stack, checked as far as this machine can: Prepare decides, under the deployment's settings."""

from dataclasses import dataclass
from typing import Any

from lambdas.core.request.request import FIELDS, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.event_file import execution_name, named, read_event
from retake.inputs.settings import settings_here
from retake.view.errors import BadInputError

# What a model allows is known only where the event names the model: the deployment's own models are not known here.
_OF_A_MODEL = {
    "image_model_id": ("titan_img_width", "titan_img_height", "titan_img_seed", "titan_img_cfg_scale"),
    "validate_model_id": ("claude_validate_max_tokens",),
    "revise_model_id": ("claude_revise_max_tokens",),
}


@dataclass(frozen=True)
class CheckedEvent:
    """An event that may be a request, and the name its execution gets."""

    source: str
    """What the user knows the event by."""
    event: dict[str, Any]
    execution_name: str


def checked_event(source: str) -> CheckedEvent:
    """The event in the file `source` ("-": standard input). Nothing is asked of AWS.

    Raises:
        BadInputError: the file or the event cannot be used, whatever the deployment.
    """
    event = read_event(source)
    name = execution_name(source)
    unknown = [field for model, fields in _OF_A_MODEL.items() if event.get(model) is None for field in fields]
    known = {field: value for field, value in event.items() if field not in unknown}
    try:
        for field in unknown:
            if event.get(field) is not None:
                FIELDS[field].check(field, event[field])
        parse_request(known, settings_here(known, {}), name)
    except InvalidRequestError as error:
        raise BadInputError(f"{named(source)}: {error}") from None
    return CheckedEvent(named(source), event, name)
