"""Conclude a run, however it ended.

Event:  {"run": {"bucket": "pictures", ...}, "unprepared": null, "estimate": null, "ending": "EXHAUSTED", "fault": null,
         "execution": {"name": "run-1", "started_at": "2026-11-21T06:00:00Z"}}
Answer: {"status": "EXHAUSTED", "result": null, "error": "RunExhausted", "cause": "<the result as JSON>"}
"""

import json
from datetime import UTC, datetime
from typing import Any

from lambdas.conclude.batch_item import conclude_item, repeat_row
from lambdas.conclude.contract import ConcludeAnswer, ConcludeEvent
from lambdas.conclude.metrics import emit
from lambdas.core.report import render_report
from lambdas.core.request.place import parse_place
from lambdas.core.run.history import History, read_history
from lambdas.core.run.result import Ending, build_result, cut_to_size, execution_error
from lambdas.core.run.state import ACCEPTED_BEFORE, RunState
from lambdas.core.run.statuses import ERROR, STATUSES
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.observability import log_invocation, logger
from lambdas.core.runtime.records import REPORT, RESULT
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder


@log_invocation("conclude")
def handler(event: ConcludeEvent, context: Any) -> ConcludeAnswer:
    """Write the result and the proof sheet from the records, and emit the run's metrics."""
    state = RunState.from_state(event["run"]) if event["run"] else None
    if state and event["ending"] == ACCEPTED_BEFORE:
        return repeat_row(state)
    folder = state.folder if state else _find_folder(event)
    history = _read_own_history(folder, event["execution"]["name"])
    started, now = datetime.fromisoformat(event["execution"]["started_at"]), datetime.now(UTC)
    result = build_result(history, _run_id(event), _ending(event, history), started, now)
    result |= event["estimate"] or {}
    if history:
        history.folder.write_json(RESULT, result)
        _write_report(history, result)
    emit(result, blocked=_count_blocked(history), in_batch=bool(history and history.request.batch))
    if history and history.request.batch:
        return conclude_item(history, history.request.batch, result)
    return _answer(result)


def _answer(result: dict[str, Any]) -> ConcludeAnswer:
    cut, error = cut_to_size(result), execution_error(result)
    if error:
        cause = json.dumps(cut, ensure_ascii=False)
        return {"status": result["status"], "result": None, "error": error, "cause": cause}
    return {"status": result["status"], "result": cut, "error": None, "cause": None}


def _find_folder(event: ConcludeEvent) -> RunFolder | None:
    """Return the folder of a run whose Prepare failed; None if its event names no folder that may be read."""
    if event["unprepared"] is None:
        return None
    try:
        return RunFolder(*parse_place(event["unprepared"], settings(), event["execution"]["name"]))
    except InvalidRequestError:
        return None


def _read_own_history(folder: RunFolder | None, execution_name: str) -> History | None:
    """Return the run's history if this execution prepared it. Refused and second requests must not write into the folder."""
    history = read_history(folder) if folder else None
    return history if history and history.execution == execution_name else None


def _ending(event: ConcludeEvent, history: History | None) -> Ending:
    fault = event["fault"]
    if history is None and STATUSES[event["ending"]].needs_records:
        message = (
            "run_id: another execution took over this run before this one ended; see the result of the other execution"
        )
        return Ending(ERROR.name, "InvalidRequestError", message)
    if not fault:
        return Ending(event["ending"])
    is_refusal = fault["error"] == InvalidRequestError.__name__
    return Ending(event["ending"], fault["error"], parse_cause(fault["cause"], keep_lines=is_refusal))


def _run_id(event: ConcludeEvent) -> str | None:
    place = event["run"] or event["unprepared"]
    return place["run_id"] if place else None


def _count_blocked(history: History | None) -> int:
    return sum(one.outcome.startswith("BLOCKED") for one in history.attempts) if history else 0


def _write_report(history: History, result: dict[str, Any]) -> None:
    try:
        page = render_report(history, result)
    except Exception:  # noqa: BLE001
        # The proof sheet only shows the records, so an error in it must not fail a run with an accepted picture.
        logger.exception("the proof sheet could not be rendered")
        return
    history.folder.write(REPORT, page, "text/html; charset=utf-8")
