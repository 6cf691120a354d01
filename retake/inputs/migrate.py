"""Write an event of 2024 as it would be written today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.core.admission.warnings import fields_left_out
from lambdas.core.catalogue.models import lifecycle_warning
from lambdas.core.request.request import Request
from lambdas.core.runtime.quoting import format_value
from retake.inputs.event import InputEvent
from retake.inputs.event_file import make_execution_name, read_event, source_name
from retake.inputs.request import check_event


@dataclass(frozen=True)
class Migration:
    """An event that means the same request as the old one, and a comment on each change and on each field to look at."""

    event: dict[str, Any]
    comments: tuple[str, ...]


def migrate_event(source: str, environment: Mapping[str, str]) -> Migration:
    """Remove the fields that have no effect, and comment on those that mean something else than in 2024.

    source: the file of the event; "-" for standard input.
    environment: its `RETAKE_*` variables name the models that the request has if the event names none.

    Raises:
        BadInputError: the event cannot be used, with the message of `retake run`.
    """
    # Without the defaults of a retake.toml, which are not part of the event.
    old = InputEvent(read_event(source), source_name(source), make_execution_name("migrate"), {})
    _, request = check_event(old, environment)
    nulls = {name: "null counts as left out" for name, value in old.fields.items() if value is None}
    removed = nulls | fields_left_out(request)
    event = {name: value for name, value in old.fields.items() if name not in removed}
    comments = [f"removed  {name}: {removed[name]}" for name in old.fields if name in removed]
    return Migration(event, (*comments, *_notes(event, request)))


def _notes(given: Mapping[str, Any], request: Request) -> list[str]:
    notes = []
    if revisions := given.get("max_prompt_revisions"):
        notes.append(
            f"kept     max_prompt_revisions: {revisions} rewrites, as the 2024 article says. Its code counted the wordings, "
            f"the first one included; for as many as its code made, give {int(revisions) - 1}"
        )
    if bucket := given.get("output_s3_bucket_name"):
        notes.append(
            f"kept     output_s3_bucket_name: a deployed stack writes to {format_value(bucket)} only if its setting "
            "extra_output_buckets has it"
        )
    for name in ("image_model_id", "validate_model_id", "revise_model_id"):
        model = getattr(request, name.removesuffix("_id"))
        if name in given and (warning := lifecycle_warning(model, datetime.now(UTC).date())):
            notes.append(f"kept     {name}: {warning}; without the field, the default model is used")
    return notes
