"""Conclude an item of a batch. Its execution always succeeds, so that the batch continues; the status is in its row."""

from typing import Any

from lambdas.conclude.contract import ConcludeAnswer
from lambdas.core.batch.progress import count_ended_item
from lambdas.core.batch.row import row_of
from lambdas.core.money.budget import release_unused
from lambdas.core.report.thumbnail import write_thumbnail
from lambdas.core.request.batch_item import Batch, parse_item_id
from lambdas.core.run.history import History
from lambdas.core.run.state import RunState
from lambdas.core.run.statuses import ACCEPTED
from lambdas.core.runtime.records import RESULT, THUMBNAIL


def conclude_item(history: History, batch: Batch, result: dict[str, Any]) -> ConcludeAnswer:
    """Write the thumbnail, release the money that the item holds, count it as ended and answer with its row."""
    write_thumbnail(history.folder, result)
    release_unused(history.request)
    count_ended_item(batch.counter, history.folder.run_id, accepted=result["status"] == ACCEPTED.name)
    return _answer(history.folder.run_id, result)


def repeat_row(state: RunState) -> ConcludeAnswer:
    """Answer with the row of an item that an earlier execution of the batch got accepted.

    Raises:
        RecordError: its result is gone, or S3 failed (retried by the state machine).
    """
    result = state.folder.require_json(RESULT)
    if not state.folder.names(THUMBNAIL):
        # An earlier version of Retake made none.
        write_thumbnail(state.folder, result)
    count_ended_item(state.counter, state.run_id, accepted=True)
    return _answer(state.run_id, result)


def _answer(run_id: str, result: dict[str, Any]) -> ConcludeAnswer:
    return {"status": result["status"], "result": row_of(parse_item_id(run_id), result), "error": None, "cause": None}
