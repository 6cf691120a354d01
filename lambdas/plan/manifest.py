"""The manifest that an event of the batch machine names."""

from dataclasses import dataclass
from typing import Any

from lambdas.core.request.fields import Text, refuse_unknown
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import settings

_FIELDS = {"bucket": Text(63), "key": Text(1_024), "sequencer": Text(100)}


@dataclass(frozen=True)
class Manifest:
    """A file of requests in S3."""

    bucket: str
    key: str
    sequencer: str | None
    """It differs for each upload of the key. None if the batch was not started by an upload."""


def parse_manifest(event: Any) -> Manifest:
    """Return the manifest that the StartExecution input names.

    Raises:
        InvalidRequestError: names the field at fault.
    """
    if not isinstance(event, dict):
        raise InvalidRequestError(f"event: {format_value(event)} is not a JSON object; give one with bucket and key")
    refuse_unknown("", event, _FIELDS)
    given = {name: field.check(name, event[name]) for name, field in _FIELDS.items() if event.get(name) is not None}
    if "key" not in given:
        raise InvalidRequestError("key: is missing; name the manifest's object in S3")
    allowed = (settings().bucket, *settings().extra_output_buckets)
    bucket = given.get("bucket", settings().bucket)
    if bucket not in allowed:
        raise InvalidRequestError(
            f"bucket: this deployment does not read {format_value(bucket)}; give {' or '.join(allowed)}"
        )
    return Manifest(bucket, given["key"], given.get("sequencer"))
