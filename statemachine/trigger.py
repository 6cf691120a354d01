"""Which upload starts a batch, and with what: EventBridge's patterns, in the stack and on the laptop alike.

A pattern cannot say "ends with .json, and not with .defaults.json": conditions on one field are alternatives. So one
rule lets the endings through to a bus of our own, and the rule on that bus leaves out the defaults.
"""

from typing import Any

FOLDER = "batches"
ENDINGS = (".jsonl", ".json", ".csv")
DEFAULTS_ENDING = ".defaults.json"
"""As in lambdas.core.batch.paths, which a test compares."""

INPUT = {
    "bucket": "$.detail.bucket.name",
    "key": "$.detail.object.key",
    "sequencer": "$.detail.object.sequencer",
}
"""The input of the batch machine, each field with its path in the event. The sequencer tells one upload of a key from the
next; Plan claims it, since EventBridge delivers at least once."""


def uploaded_pattern(bucket_name: str) -> dict[str, Any]:
    """Object Created in `batches/` of the bucket, with the ending of a manifest: for the rule on the account's bus."""
    return _created(
        {
            "bucket": {"name": [bucket_name]},
            "object": {"key": [{"wildcard": f"{FOLDER}/*{ending}"} for ending in ENDINGS]},
        }
    )


def manifest_pattern() -> dict[str, Any]:
    """Everything on the bus for manifests but the defaults beside one: for the rule that starts the batch machine."""
    return _created({"object": {"key": [{"anything-but": {"suffix": DEFAULTS_ENDING}}]}})


def manifest_bus(stack_name: str) -> str:
    """The bus's name; by its stack, so that two stacks can stand side by side."""
    return f"{stack_name}-manifests"


def _created(detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
