"""Check an event before it is started on a deployed stack, as far as that is possible without the stack's settings."""

from dataclasses import dataclass
from typing import Any

from lambdas.core.request.request import FIELDS, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.event_file import make_execution_name, read_event, source_name
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError

# The limits of these fields are the model's. If the event names no model, the stack's own applies, which is not known here.
_FIELDS_OF_MODEL = {
    "image_model_id": ("titan_img_width", "titan_img_height", "titan_img_seed", "titan_img_cfg_scale"),
    "validate_model_id": ("claude_validate_max_tokens",),
    "revise_model_id": ("claude_revise_max_tokens",),
}


@dataclass(frozen=True)
class RunPlan:
    """An event that no check on this machine refuses. Prepare decides, under the stack's settings."""

    source: str
    """The event's name in messages."""
    event: dict[str, Any]
    execution_name: str


def plan_run(source: str) -> RunPlan:
    """Return the plan for the event in the file `source` ("-": standard input). AWS is not called.

    Raises:
        BadInputError: no deployment could run the event, or the file cannot be read.
    """
    event = read_event(source)
    name = make_execution_name(source)
    unknown = [field for model, fields in _FIELDS_OF_MODEL.items() if event.get(model) is None for field in fields]
    known = {field: value for field, value in event.items() if field not in unknown}
    try:
        for field in unknown:
            if event.get(field) is not None:
                FIELDS[field].check(field, event[field])
        parse_request(known, local_settings(known, {}), name)
    except InvalidRequestError as error:
        raise BadInputError(f"{source_name(source)}: {error}") from None
    return RunPlan(source_name(source), event, name)
