"""The settings of a run on this machine. An event of a deployed stack runs under them unchanged."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import Settings

BUCKET = "retake-local"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def local_settings(event: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Return the default settings, overridden by `RETAKE_*` variables, with the event's bucket.

    A deployed stack allows a few buckets and models. Here there is no stack to protect: a bucket of any name is made in
    memory, and every model of the catalogue may be called.

    Raises:
        InvalidRequestError: the event's bucket has no valid name, or a variable has no valid value.
    """
    given = {"RETAKE_BUCKET": BUCKET, "RETAKE_EXTRA_MODEL_IDS": "*"} | {
        name: value for name, value in environment.items() if name.startswith("RETAKE_") and value
    }
    settings = Settings.from_environment(given)
    bucket = event.get("output_s3_bucket_name")
    # A blank name, or one that is not text, is refused with the event's other fields.
    if not isinstance(bucket, str) or not bucket.strip():
        return settings
    if not _BUCKET.fullmatch(bucket):
        raise InvalidRequestError(
            f"output_s3_bucket_name: {format_value(bucket)} is not a bucket's name; give 3 to 63 of the characters a-z 0-9 . -"
        )
    return replace(settings, bucket=bucket)
