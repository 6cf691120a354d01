"""Where a run lies on this machine, and under which settings: an event of a deployed stack runs here as it is."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lambdas.core.errors import InvalidRequestError
from lambdas.core.fields import shown
from lambdas.core.settings import Settings
from local.terminal.errors import BadInputError

BUCKET = "retake-local"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MAX_STEM_CHARS = 40


class OutFolderError(BadInputError):
    """The output folder cannot be written to. One line for the user."""


def settings_here(event: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """The defaults, what `RETAKE_*` variables say otherwise, and the bucket that the event names.

    A deployed stack allows a few buckets and models. Here there is no stack to protect: the bucket is made in memory
    under any name, and every model of the catalogue may be called.

    Raises:
        InvalidRequestError: the bucket's name is none, or a variable cannot be read.
    """
    given = {"RETAKE_BUCKET": BUCKET, "RETAKE_EXTRA_MODEL_IDS": "*"} | {
        name: value for name, value in environment.items() if name.startswith("RETAKE_") and value
    }
    settings = Settings.from_environment(given)
    bucket = event.get("output_s3_bucket_name")
    # What is no text, or blank, is refused with the other fields.
    if not isinstance(bucket, str) or not bucket.strip():
        return settings
    if not _BUCKET.fullmatch(bucket):
        raise InvalidRequestError(
            f"output_s3_bucket_name: {shown(bucket)} is not a bucket's name; give 3 to 63 of the characters a-z 0-9 . -"
        )
    return replace(settings, bucket=bucket)


def execution_name(source: str) -> str:
    """A name for one execution of the event in `source`: `aurora-ja-20261121T060000Z-3f9c`, never given twice.

    Never the event's run id: a run that is resumed is another execution, here as in AWS, and a schedule's second
    delivery is told from its first by that.
    """
    stem = re.sub(r"[^A-Za-z0-9_]+", "-", Path(source).stem)[:_MAX_STEM_CHARS].strip("-") or "run"
    return f"{stem}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def make_out_folder(folder: Path, option: str = "--out") -> None:
    """Make sure that files can be made in the folder of the option, before anything is paid for them.

    Raises:
        OutFolderError: they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else b"\0")
    except OSError as error:
        raise OutFolderError(f"{option} {folder}: cannot be written to ({error.strerror or error})") from None
