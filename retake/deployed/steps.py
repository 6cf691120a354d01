"""Report the steps of a run on a deployed stack from its execution's history."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.functions import LOOP_FUNCTIONS
from retake.deployed.records import StackFolder
from retake.view.run_watch import RunWatch, record_of

FUNCTION_OF = {row.state: name for name, row in LOOP_FUNCTIONS.items()}
"""The functions by the states that call them: CloudFormation makes the functions' own names up."""

# The types of events that report a failed task, and the field of each with its error.
_FAILURES = {
    "TaskFailed": "taskFailedEventDetails",
    "TaskStartFailed": "taskStartFailedEventDetails",
    "TaskSubmitFailed": "taskSubmitFailedEventDetails",
    "TaskTimedOut": "taskTimedOutEventDetails",
}


class HistorySteps:
    """Reads the history of one run's execution, and reports each call of a function to the watch.

    `records_of` returns the records of the run that a state's `run` variable names.
    """

    def __init__(self, watch: RunWatch, records_of: Callable[[dict[str, Any]], StackFolder]) -> None:
        self._watch = watch
        self._records_of = records_of
        self._function: str | None = None
        self._payload: dict[str, Any] = {}
        self._scheduled_at: datetime | None = None
        self.run: dict[str, Any] | None = None
        """The place of the run's records, from Prepare's answer; None until then."""

    def report(self, event: Mapping[str, Any]) -> None:
        """Report the next event of the history. Events that concern no function are ignored."""
        kind = event["type"]
        if kind == "TaskStateEntered":
            self._function = FUNCTION_OF.get(event["stateEnteredEventDetails"]["name"])
        if self._function is None:
            return
        if kind == "TaskScheduled":
            self._payload = json.loads(event["taskScheduledEventDetails"]["parameters"])["Payload"]
            self._scheduled_at = event["timestamp"]
            self._watch.on_start(self._function, self._payload)
        elif kind in _FAILURES:
            details = event.get(_FAILURES[kind], {})
            message = parse_cause(details.get("cause", "")) or "no reason given"
            self._watch.on_error(self._function, self._payload, details.get("error", "Error"), message)
        elif kind == "TaskSucceeded":
            answer = json.loads(event["taskSucceededEventDetails"]["output"])["Payload"]
            self._report_end(self._function, answer, event["timestamp"])

    def _report_end(self, function: str, answer: dict[str, Any], at: datetime) -> None:
        if function == "prepare":
            self.run = answer["run"]
        if function == "conclude" or self.run is None or self._scheduled_at is None:
            return
        records = self._records_of(self.run)
        record = record_of(function, self._payload)
        is_reused = record is not None and records.existed_at(record, self._scheduled_at)
        duration_s = None if is_reused else (at - self._scheduled_at).total_seconds()
        self._watch.on_answer(function, self._payload, answer, duration_s, records)
