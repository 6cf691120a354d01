"""Conclude a run, however it ended.

Event:  {"run": {"bucket": "...", "prefix": "...", "run_id": "..."}, "ending": "ACCEPTED" | "EXHAUSTED" |
         "BUDGET_EXCEEDED" | "DUPLICATE" | "DRY_RUN" | "ERROR", "fault": {"error": "", "cause": ""},
         "execution": {"name": "...", "started_at": "2026-11-21T06:00:00Z"}}
Answer: {"status": "ACCEPTED", "result": {...}} (in a batch, the item's row whatever its status), and for an execution that is to fail
        {"status": "EXHAUSTED", "error": "RunExhausted", "cause": "<the result as JSON>"}
"""

import json
from datetime import UTC, datetime
from typing import Any

from lambdas.conclude.metrics import emit
from lambdas.core.batch.progress import count_ended_item
from lambdas.core.batch.row import row_of
from lambdas.core.money.budget import batch_budget
from lambdas.core.report import render_report
from lambdas.core.request.batch_item import Batch, parse_item_id
from lambdas.core.request.request import parse_place
from lambdas.core.run.history import History, read_history
from lambdas.core.run.result import Ending, build_result, cut_to_size, execution_error
from lambdas.core.run.statuses import ACCEPTED, ERROR, STATUSES
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.errors import InvalidRequestError, RecordError
from lambdas.core.runtime.observability import log_invocation, logger
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import REPORT, RESULT, RunFolder


@log_invocation("conclude")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write the result and the proof sheet from the records, and emit the run's metrics."""
    if event["run"].get("concluded"):
        # Without a counter, the stack was deployed anew between Prepare and here.
        return _as_before(RunFolder.of(event["run"]), event["run"].get("counter", ""))
    execution, fault = event["execution"], event["fault"]
    ending = Ending(event["ending"], fault["error"] or None, parse_cause(fault["cause"]))
    history = _history(event["run"], execution["name"])
    if history is None and STATUSES[ending.status].needs_records:
        said = "run_id: another execution took this run over while this one was under way; its result is in the records"
        ending = Ending(ERROR.name, "InvalidRequestError", said)
    started = datetime.fromisoformat(execution["started_at"])
    result = build_result(history, event["run"].get("run_id"), ending, started, datetime.now(UTC))
    result |= event["run"].get("dry_run", {})
    if history:
        history.folder.write_json(RESULT, result)
        _write_report(history, result)
    emit(result, blocked=_blocked(history), in_batch=bool(history and history.request.batch))
    if history and history.request.batch:
        return _for_its_batch(history, history.request.batch, result)
    cut = cut_to_size(result)
    error = execution_error(result)
    if error:
        return {"status": result["status"], "error": error, "cause": json.dumps(cut, ensure_ascii=False)}
    return {"status": result["status"], "result": cut}


def _blocked(history: History | None) -> int:
    return sum(one.outcome.startswith("BLOCKED") for one in history.attempts) if history else 0


def _for_its_batch(history: History, batch: Batch, result: dict[str, Any]) -> dict[str, Any]:
    """An item's execution ends well however the item did: its row tells, and the batch goes on."""
    if budget := batch_budget(history.request):
        try:
            budget.release_ahead()
        except RecordError:
            logger.warning("not given back to the batch")
    count_ended_item(batch.counter, history.folder.run_id, accepted=result["status"] == ACCEPTED.name)
    return {"status": result["status"], "result": row_of(parse_item_id(history.folder.run_id), result)}


def _as_before(folder: RunFolder, counter: str) -> dict[str, Any]:
    """The row of an item that was accepted in an earlier execution of its batch."""
    result = folder.need_json(RESULT)
    if counter:
        count_ended_item(counter, folder.run_id, accepted=True)
    return {"status": result["status"], "result": row_of(parse_item_id(folder.run_id), result)}


def _write_report(history: History, result: dict[str, Any]) -> None:
    try:
        page = render_report(history, result)
    except Exception:  # noqa: BLE001
        # The proof sheet is a view of the records: a fault in it must not turn an accepted picture into a failed run.
        logger.exception("no proof sheet")
        return
    history.folder.write(REPORT, page, "text/html; charset=utf-8")


def _history(run: dict[str, Any], execution_name: str) -> History | None:
    """The run's history, if its folder is this execution's: a refused or second request must not write into it."""
    try:
        bucket, prefix, run_id = parse_place(run, settings(), execution_name)
    except InvalidRequestError:
        return None
    history = read_history(RunFolder(bucket, prefix, run_id))
    return history if history and history.execution == execution_name else None
