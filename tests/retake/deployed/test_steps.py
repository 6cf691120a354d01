"""A run's steps are read from its execution's history. Events have the form of HistoryEvent in the API reference."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from retake.deployed.records import StackFolder
from retake.deployed.steps import FUNCTION_OF, HistorySteps
from retake.view.progress import AttemptRow
from retake.view.run_watch import RunWatch
from statemachine import FOLDER

START = datetime(2026, 11, 21, 6, 0, 0, tzinfo=UTC)
RUN = {"bucket": "b", "prefix": "generated-images", "run_id": "run-1", "resumed": False}
ATTEMPT = {"run": RUN, "revision": 0, "attempt": 1, "spent_usd": 0.0004}
RECORDS: dict[str, dict[str, Any]] = {
    "requirements.json": {"language": "en", "requirements": [{"id": "r1", "text": "a red circle"}]},
    "r00/a01/attempt.json": {
        "outcome": "PICTURES",
        "seed": 7,
        "images": [{"name": "r00/a01/image-1.png", "seed": 7}],
        "cost_usd": 0.04,
    },
    "r00/a01/verdict.json": {
        "candidate": 1,
        "checks": [{"id": "r1", "candidate": 1, "observed": "a blue circle", "met": False}],
        "failed": ["r1"],
        "result": "NO",
        "reason": None,
        "score": 0.0,
        "rank": [0, 0, 0],
        "facts": {},
        "cost_usd": 0.0004,
    },
}


class RecordingView:
    """A view that keeps its calls."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.lines: list[str] = []
        self.rows: list[AttemptRow] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def line(self, text: str) -> None:
        self.lines.append(text)

    def attempt(self, row: AttemptRow) -> None:
        self.rows.append(row)

    def close(self) -> None: ...

    def abort(self) -> None: ...


class FakeRecords(StackFolder):
    """Records that were all written at one moment."""

    def __init__(self, written_at: datetime) -> None:
        super().__init__("bucket", "generated-images", "run")
        self._at = written_at

    def read(self, name: str) -> bytes | None:
        return json.dumps(RECORDS[name]).encode() if name in RECORDS else None

    def written_at(self, name: str) -> datetime | None:
        return self._at if name in RECORDS else None


class History:
    """Builds a history with one second between two events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(self, kind: str, **details: Any) -> "History":
        number = len(self.events) + 1
        self.events.append(
            {
                "id": number,
                "previousEventId": number - 1,
                "timestamp": START + timedelta(seconds=number),
                "type": kind,
                **details,
            }
        )
        return self

    def entered(self, state: str) -> "History":
        return self.add("TaskStateEntered", stateEnteredEventDetails={"name": state, "input": "{}"})

    def scheduled(self, payload: dict[str, Any]) -> "History":
        parameters = {
            # CloudFormation makes up the name, so the function cannot be read from it.
            "FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:Studio-Functions1A2B3C-x7Zq",
            "Payload": payload,
        }
        details = {"resourceType": "lambda", "resource": "invoke", "region": "us-east-1"}
        self.add("TaskScheduled", taskScheduledEventDetails={**details, "parameters": json.dumps(parameters)})
        return self.add("TaskStarted", taskStartedEventDetails={"resourceType": "lambda", "resource": "invoke"})

    def failed(self, kind: str, **details: str) -> "History":
        name = f"{kind[0].lower()}{kind[1:]}EventDetails"
        return self.add(kind, **{name: {"resourceType": "lambda", "resource": "invoke", **details}})

    def succeeded(self, answer: dict[str, Any]) -> "History":
        output = {
            "ExecutedVersion": "$LATEST",
            "Payload": answer,
            "SdkHttpMetadata": {"HttpStatusCode": 200},
            "SdkResponseMetadata": {"RequestId": "0c9f5e1a"},
            "StatusCode": 200,
        }
        details = {"resourceType": "lambda", "resource": "invoke", "output": json.dumps(output)}
        self.add("TaskSucceeded", taskSucceededEventDetails={**details, "outputDetails": {"truncated": False}})
        return self.add("TaskStateExited", stateExitedEventDetails={"name": "…", "output": "{}"})


def history_of_run() -> History:
    """Return the history of Prepare, of a picture made at the second try, and of its verdict."""
    prepared = {"next": "GENERATE", "ending": "", "spent_usd": 0.0004, "run": RUN}
    throttled = json.dumps({"errorMessage": "slow down", "errorType": "ModelThrottledError", "stackTrace": []})
    judged = {"outcome": "NO", "score": 0.0, "candidate": 1, "failed": ["r1"], "spent_usd": 0.0407}
    history = History().add("ExecutionStarted", executionStartedEventDetails={"input": "{}", "roleArn": "…"})
    history.entered("Prepare").scheduled({"event": {"prompt": "a red circle"}, "execution": {"name": "x"}})
    history.succeeded(prepared).add("ChoiceStateEntered", stateEnteredEventDetails={"name": "Ready to generate?"})
    history.entered("Generate image").scheduled(ATTEMPT)
    history.failed("TaskFailed", error="ModelThrottledError", cause=throttled).scheduled(ATTEMPT)
    history.succeeded({"outcome": "PICTURES", "images": 1, "spent_usd": 0.0404})
    return history.entered("Validate image").scheduled({**ATTEMPT, "spent_usd": 0.0404}).succeeded(judged)


def report(history: History, written_at: datetime) -> RecordingView:
    view = RecordingView()
    steps = HistorySteps(RunWatch(view), lambda run: FakeRecords(written_at))
    for event in history.events:
        steps.report(event)
    assert steps.run == RUN
    return view


def test_steps_when_a_picture_is_made_at_the_second_try_then_each_is_reported_with_its_time() -> None:
    view = report(history_of_run(), START + timedelta(hours=1))

    assert view.lines == [
        "1 requirement: a red circle",
        "r00 a01  generating failed: ModelThrottledError: slow down",
        "r00 a01  generating: try 2",
    ]
    # Two seconds each from when the task was scheduled to when it had succeeded.
    assert view.rows == [AttemptRow(0, 1, 7, 4.0, "NO", "0/1", "a red circle (a blue circle)", 0.0407)]
    assert view.steps[0] == "preparing: finding what the picture must show"


def test_steps_when_the_records_are_older_than_the_execution_then_they_are_reused() -> None:
    view = report(history_of_run(), START - timedelta(minutes=1))

    assert view.lines[0] == "1 requirement (reused): a red circle"
    assert view.rows[0].duration == "reused"


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("TaskTimedOut", {"error": "States.Timeout", "cause": "too long"}, "States.Timeout: too long"),
        ("TaskTimedOut", {"error": "States.Timeout"}, "States.Timeout: no reason given"),
        ("TaskFailed", {"error": "Lambda.TooManyRequestsException", "cause": "Rate"}, "Lambda.TooManyRequestsExc"),
        ("TaskStartFailed", {"error": "Lambda.Unknown", "cause": "gone"}, "Lambda.Unknown: gone"),
        ("TaskFailed", {"error": "ModelAccessError", "cause": "no"}, None),
    ],
)
def test_steps_when_a_task_fails_then_it_is_reported_if_it_will_be_retried(
    kind: str, details: dict[str, str], said: str | None
) -> None:
    view = RecordingView()
    steps = HistorySteps(RunWatch(view), lambda run: FakeRecords(START))
    for event in History().entered("Generate image").scheduled(ATTEMPT).failed(kind, **details).events:
        steps.report(event)

    assert [said in line for line in view.lines if said] == ([True] if said else [])
    assert bool(view.lines) == bool(said)


def test_states_when_they_call_a_function_then_the_table_knows_which() -> None:
    states = json.loads((FOLDER / "loop.asl.json").read_bytes())["States"]
    called = {
        name: state["Arguments"]["FunctionName"].removeprefix("${").removesuffix("FunctionArn}").lower()
        for name, state in states.items()
        if state["Type"] == "Task"
    }

    assert called == FUNCTION_OF
