"""Check an event before it is started on a deployed stack, as far as that is possible without the stack's settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.request.faults import Faults
from lambdas.core.request.picture_address import PICTURE_FIELDS
from lambdas.core.request.request import FIELDS, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.records import split_s3_uri
from retake.inputs.event import InputEvent
from retake.inputs.pictures import LocalPicture
from retake.inputs.settings import local_settings

# The limits of these fields are the model's. If the event names no model, the stack's own applies, which is not known here.
_FIELDS_OF_MODEL = {
    "image_model_id": ("titan_img_width", "titan_img_height", "titan_img_seed", "titan_img_quality"),
    "validate_model_id": ("claude_validate_max_tokens",),
    "revise_model_id": ("claude_revise_max_tokens",),
}


@dataclass(frozen=True)
class RunPlan:
    """An event that no check on this machine refuses. Prepare decides, under the stack's settings."""

    event: dict[str, Any]
    execution_name: str
    pictures: tuple[LocalPicture, ...] = ()
    """The source pictures beside the event."""


def plan_run(event: InputEvent) -> RunPlan:
    """Return the plan for the event. AWS is not called.

    Raises:
        BadInputError: no deployment could run the event.
    """
    given = event.fields
    unknown = [field for model, fields in _FIELDS_OF_MODEL.items() if given.get(model) is None for field in fields]
    known = {field: value for field, value in given.items() if field not in unknown}
    faults = Faults()
    for line in event.picture_faults:
        faults.add(line)
    for field in unknown:
        if given.get(field) is not None:
            with faults.collect():
                FIELDS[field].check(field, given[field])
    if not event.picture_faults:
        with faults.collect():
            # Which buckets the stack may read is not known here.
            settings = local_settings(known, {})
            buckets = (*settings.extra_input_buckets, *_named_buckets(known))
            parse_request(known, replace(settings, extra_input_buckets=buckets), event.execution_name)
    try:
        faults.raise_if_any()
    except InvalidRequestError as error:
        raise event.refuse(error) from None
    return RunPlan(given, event.execution_name, event.pictures)


def _named_buckets(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in PICTURE_FIELDS:
        value = fields.get(name)
        for address in value if isinstance(value, list) else [value]:
            if isinstance(address, str) and address.startswith("s3://"):
                yield split_s3_uri(address)[0]
