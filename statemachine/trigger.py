"""The EventBridge patterns of the uploads that start a batch, for the stack and the laptop.

AWS: conditions on one field are alternatives, so one pattern cannot say "ends with .json but not with .defaults.json".
Two rules do: the first forwards files with a manifest's ending to the stack's own bus, the second, on that bus, ignores
the defaults files.
"""

from collections.abc import Iterable
from typing import Any

INPUT = {
    "bucket": "$.detail.bucket.name",
    "key": "$.detail.object.key",
    "sequencer": "$.detail.object.sequencer",
}
"""The fields of the batch machine's input, each with its path in the event. The sequencer differs for each upload of a
key. Plan claims it, because EventBridge delivers at least once."""


def uploaded_pattern(bucket_name: str, folder: str, endings: Iterable[str]) -> dict[str, Any]:
    """Return the pattern of the rule on the default bus: uploads to `folder` with one of the endings of a manifest."""
    return _created(
        {
            "bucket": {"name": [bucket_name]},
            "object": {"key": [{"wildcard": f"{folder}/*{ending}"} for ending in endings]},
        }
    )


def manifest_pattern(defaults_ending: str) -> dict[str, Any]:
    """Return the pattern of the rule that starts the batch machine: every upload but defaults files."""
    return _created({"object": {"key": [{"anything-but": {"suffix": defaults_ending}}]}})


def manifest_bus(stack_name: str) -> str:
    """Return the name of the bus. It contains the stack's name, so two stacks fit in one account."""
    return f"{stack_name}-manifests"


def _created(detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
