"""Attacks on the output of a run: log lines stay one JSON object, metrics stay ours, terminal lines stay one line."""

import io
import json
from typing import Any

import pytest

from lambdas.conclude.metrics import emit
from lambdas.core.run.result import MAX_OUTPUT_BYTES, cut_to_size
from lambdas.core.runtime.cause import parse_cause
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.observability import log_invocation, logger
from retake.view.progress import AttemptRow, PlainView
from tests.support.cases.attacks import TEXTS, Attack
from tests.support.checks.log import check_log

EACH = pytest.mark.parametrize("attack", TEXTS, ids=lambda attack: attack.name)


class Context:
    aws_request_id = "request-1"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    text = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", text)
    return text


@EACH
def test_every_line_of_the_log_is_one_object_of_ours(log: io.StringIO, attack: Attack) -> None:
    logged_everywhere(attack.text)
    lines = check_log(log.getvalue(), attack.text)
    assert [line["message"] for line in lines] == ["done", "fault", "unexpected fault"]
    assert lines[1]["fault"] == attack.text
    assert {line["run_id"] for line in lines} == {attack.text[:100]}


def logged_everywhere(text: str) -> None:
    """Log the text in an event, an answer, one of our errors and an unexpected error."""
    event = {"event": {"run_id": text, "prompt": text}, "execution": {"name": "execution-1"}}
    answers: list[dict[str, Any] | Exception] = [
        {"outcome": text, "status": text, "failed": [text], "message": text, text: text},
        InvalidRequestError(text),
        ValueError(text),
    ]
    for answer in answers:

        @log_invocation("prepare")
        def handler(event: dict[str, Any], context: Any, answer: dict[str, Any] | Exception = answer) -> dict[str, Any]:
            if isinstance(answer, Exception):
                raise answer
            return answer

        try:
            handler(event, Context())
        except (InvalidRequestError, ValueError):
            continue


@pytest.mark.parametrize("run_id", [{"_aws": {}}, ["a"], 7, True, {"a": "b" * 100_000}])
def test_a_run_id_that_is_no_text_is_not_logged_at_all(log: io.StringIO, run_id: Any) -> None:
    log_invocation("prepare")(lambda event, context: {})(
        {"event": {"run_id": run_id}, "execution": {"name": "e"}}, Context()
    )
    (line,) = check_log(log.getvalue())
    assert line["run_id"] == "e"


@EACH
def test_a_metric_is_one_line_of_ours(capsys: pytest.CaptureFixture[str], attack: Attack) -> None:
    emit(
        {
            "status": attack.text,
            "run_id": attack.text,
            "images": 1,
            "attempts": 1,
            "revisions": 0,
            "cost": {"total_usd": 0.04},
            "duration_s": 1.0,
            "message": attack.text,
        }
    )
    (line,) = capsys.readouterr().out.removesuffix("\n").split("\n")
    written = json.loads(line)
    assert written["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Retake"
    assert (written["CostUsd"], written["service"], written["run_id"]) == ([0.04], "retake", attack.text)
    assert {metric["Name"] for metric in written["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {
        "Accepted",
        "Attempts",
        "Blocked",
        "CostUsd",
        "Duration",
        "Faults",
        "Images",
        "InvalidRequests",
        "NotAccepted",
        "Revisions",
        "Uncertain",
    }


@EACH
def test_a_cause_is_valid_json_and_its_message_one_line(attack: Attack) -> None:
    result = {"status": "ERROR", "message": attack.text, "prompt": attack.text, "warnings": [attack.text] * 50}
    cause = json.dumps(cut_to_size(result), ensure_ascii=False)
    assert json.loads(cause)["status"] == "ERROR"
    assert len(cause.encode()) <= MAX_OUTPUT_BYTES
    fault = json.dumps({"errorMessage": attack.text, "errorType": "ModelAnswerError"})
    for caught in (fault, fault[:4_000], attack.text, json.dumps({"errorMessage": attack.text})):
        message = parse_cause(caught)
        assert message is not None and len(message.splitlines()) <= 1


@EACH
def test_a_line_on_a_terminal_is_a_line_of_characters_that_print(attack: Attack) -> None:
    shown = io.StringIO()
    view = PlainView(shown)
    view.line(attack.text)
    view.attempt(AttemptRow(0, 1, 7, 1.0, "NO", "0/1", attack.text, 0.04))
    lines = shown.getvalue().removesuffix("\n").split("\n")
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
