"""Where a run's records are: its bucket, its prefix and its run id."""

import re
from typing import Any, TypedDict

from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import BucketName, Text
from lambdas.core.request.trigger import parse_trigger
from lambdas.core.runtime.batch_paths import RESERVED_FOLDERS
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import Settings

RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
DEFAULT_PREFIX = "generated-images"
PLACE_FIELDS: dict[str, BucketName | Text] = {
    "output_s3_bucket_name": BucketName(),
    "output_s3_key_prefix": Text(300),
    "run_id": Text(80),
}

# AWS: an S3 key has at most 1,024 bytes. The run id and the record's name follow the prefix.
_PREFIX_MAX_BYTES = 900


class UncheckedPlace(TypedDict):
    """The fields of an event that locate its run, if Prepare failed.

    The state machine copies each string from the event, cut to a few hundred characters. Any other value becomes None.
    """

    run_id: str | None
    bucket: str | None
    prefix: str | None
    schedule: str | None
    """`trigger.schedule` and `trigger.time` give the run id if the event has none."""
    time: str | None


def parse_place(place: UncheckedPlace, settings: Settings, execution_name: str) -> tuple[str, str, str]:
    """Return the bucket, prefix and run id for the event. They are those that Prepare would use.

    Raises:
        InvalidRequestError: no run of this deployment can be there.
    """
    given = {
        "output_s3_bucket_name": place["bucket"],
        "output_s3_key_prefix": place["prefix"],
        "run_id": place["run_id"],
    }
    checked: dict[str, Any] = {
        name: PLACE_FIELDS[name].check(name, value) for name, value in given.items() if value is not None
    }
    if place["schedule"] is not None:
        checked["trigger"] = parse_trigger({"schedule": place["schedule"], "time": place["time"]})
    complete_place(checked, settings)
    complete_run_id(checked, execution_name)
    return checked["output_s3_bucket_name"], checked["output_s3_key_prefix"], checked["run_id"]


def complete_place(checked: dict[str, Any], settings: Settings) -> None:
    """Add the default bucket and prefix to the checked fields of a request.

    Raises:
        InvalidRequestError: this deployment may not write to the bucket, or the prefix cannot be a folder for runs.
    """
    faults = Faults()
    with faults.collect():
        _complete_bucket(checked, settings)
    with faults.collect():
        checked["output_s3_key_prefix"] = _check_prefix(checked.get("output_s3_key_prefix", DEFAULT_PREFIX))
    faults.raise_if_any()


def _complete_bucket(checked: dict[str, Any], settings: Settings) -> None:
    allowed = (settings.bucket, *settings.extra_output_buckets)
    bucket = checked.setdefault("output_s3_bucket_name", settings.bucket)
    if bucket not in allowed:
        raise InvalidRequestError(
            f"output_s3_bucket_name: this deployment may not write to {format_value(bucket)}; give {' or '.join(allowed)}, "
            "or add it to the setting extra_output_buckets"
        )


def complete_run_id(checked: dict[str, Any], execution_name: str) -> None:
    """Add the run id to the checked fields of a request that gives none: the trigger's, else the execution's name.

    Raises:
        InvalidRequestError: it cannot be a run id.
    """
    if "run_id" not in checked:
        trigger = checked.get("trigger")
        checked["run_id"] = trigger.run_id() if trigger else execution_name
    if not RUN_ID.fullmatch(checked["run_id"]):
        raise InvalidRequestError(
            f"run_id: {format_value(checked['run_id'])} cannot be a run id; give 1 to 80 of the characters A-Z a-z 0-9 _ -"
        )


def _check_prefix(value: str) -> str:
    prefix = value.removesuffix("/")
    parts = prefix.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise InvalidRequestError(
            f"output_s3_key_prefix: {format_value(value)} has an empty, '.' or '..' part; give folder names joined by '/'"
        )
    if not prefix.isprintable() or "\\" in prefix:
        raise InvalidRequestError(
            f"output_s3_key_prefix: {format_value(value)} has a backslash or a character that cannot be printed; remove it"
        )
    if len(prefix.encode()) > _PREFIX_MAX_BYTES:
        raise InvalidRequestError(
            f"output_s3_key_prefix: has {len(prefix.encode())} bytes in UTF-8; give at most {_PREFIX_MAX_BYTES}"
        )
    if parts[0] in RESERVED_FOLDERS:
        raise InvalidRequestError(
            f"output_s3_key_prefix: {format_value(value)} is reserved for batches; give another folder"
        )
    return prefix
