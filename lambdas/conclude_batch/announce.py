"""Announce the end of a batch on EventBridge, for rules of the user."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.batch_paths import RESULTS_CSV, RESULTS_JSONL, SUMMARY
from lambdas.core.runtime.clients import events
from lambdas.core.runtime.errors import RecordError
from lambdas.core.storage.run_folder import RunFolder

SOURCE = "Retake"
DETAIL_TYPE = "Batch Concluded"


def announce(folder: RunFolder, summary: dict[str, Any]) -> None:
    """Send the event. Its detail is the summary, with the addresses of the batch's files.

    Raises:
        RecordError: EventBridge did not accept the event (retried by the state machine; everything is then written again).
    """
    files = {f"{name.replace('.', '_')}_s3_uri": folder.s3_uri(name) for name in (SUMMARY, RESULTS_JSONL, RESULTS_CSV)}
    detail = json.dumps({**summary, **files}, ensure_ascii=False)
    entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": detail, "Resources": [summary["execution"]]}
    try:
        answer = events().put_events(Entries=[entry])
    except (ClientError, BotoCoreError) as error:
        raise RecordError(f"EventBridge did not accept the event {DETAIL_TYPE!r} ({error})") from error
    if answer.get("FailedEntryCount"):
        raise RecordError(
            f"EventBridge did not accept the event {DETAIL_TYPE!r} ({answer['Entries'][0].get('ErrorCode')})"
        )
