"""The log: one JSON object a line, the run on each, whatever the event and the fault say."""

import io
import json
from typing import Any

import pytest

from lambdas.core.runtime.errors import InvalidRequestError, ModelThrottledError, ModelUnavailableError
from lambdas.core.runtime.observability import log_invocation, logger

EXECUTION = {"name": "execution-1", "started_at": "2026-11-21T06:00:00Z"}
RUN = {"bucket": "b", "prefix": "p", "run_id": "run-1"}


class Context:
    aws_request_id = "request-1"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    text = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", text)
    return text


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    # CloudWatch ends a line at a line feed and nowhere else.
    return [json.loads(line) for line in log.getvalue().removesuffix("\n").split("\n")]


def called(event: dict[str, Any], answer: dict[str, Any] | Exception) -> None:
    @log_invocation("generate")
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger.info("on the way")
        if isinstance(answer, Exception):
            raise answer
        return answer

    handler(event, Context())


def test_every_line_has_the_function_the_run_and_its_place(log: io.StringIO) -> None:
    called({"run": RUN, "revision": 0, "attempt": 2}, {"outcome": "PICTURES", "images": 1, "cause": "a user's text"})
    found = lines(log)
    assert [line["message"] for line in found] == ["on the way", "done"]
    for line in found:
        assert (line["function"], line["run_id"], line["revision"], line["attempt"]) == ("generate", "run-1", 0, 2)
        assert (line["request_id"], line["level"], line["service"]) == ("request-1", "INFO", "retake")
    assert (found[-1]["outcome"], found[-1]["images"]) == ("PICTURES", 1)
    assert found[-1]["latency_s"] >= 0
    # What a user wrote stands in S3, under the bucket's rules, not in the log.
    assert "user's text" not in log.getvalue()


@pytest.mark.parametrize(
    ("event", "run_id"),
    [
        ({"event": {"prompt": "x"}, "execution": EXECUTION}, "execution-1"),
        ({"event": {"run_id": "mine"}, "execution": EXECUTION}, "mine"),
        ({"run": RUN, "execution": EXECUTION}, "run-1"),
        # An execution may be started with any JSON value, and Prepare is to refuse it by name.
        ({"event": [1], "execution": EXECUTION}, "execution-1"),
        ({"event": "a prompt", "execution": EXECUTION}, "execution-1"),
        ({"event": 3, "execution": EXECUTION}, "execution-1"),
        ({"event": None, "execution": EXECUTION}, "execution-1"),
    ],
)
def test_the_run_is_named_from_the_first_line_on(log: io.StringIO, event: dict[str, Any], run_id: str) -> None:
    called(event, {})
    assert {line["run_id"] for line in lines(log)} == {run_id}


def test_a_fault_of_ours_is_one_line_with_its_name_and_goes_on(log: io.StringIO) -> None:
    with pytest.raises(InvalidRequestError):
        called({"run": RUN}, InvalidRequestError('prompt: "two\nlines\u2028" are\r\ntoo many'))
    fault = lines(log)[-1]
    assert (fault["level"], fault["error"], fault["run_id"]) == ("WARNING", "InvalidRequestError", "run-1")
    assert fault["fault"] == 'prompt: "two\nlines\u2028" are\r\ntoo many'


def test_a_call_that_was_throttled_is_counted_and_no_other_fault_is(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    for fault in (InvalidRequestError("prompt: is missing"), ModelUnavailableError("gone")):
        with pytest.raises(type(fault)):
            called({"run": RUN}, fault)
    assert capsys.readouterr().out == ""
    with pytest.raises(ModelThrottledError):
        called({"run": RUN}, ModelThrottledError("too often"))
    (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["Throttles"], json.loads(line)["function"]) == ([1], "generate")
    assert lines(log)[-1]["error"] == "ModelThrottledError"


def test_an_unexpected_fault_is_one_line_with_its_traceback_and_goes_on(log: io.StringIO) -> None:
    with pytest.raises(ZeroDivisionError):
        called({"run": RUN}, ZeroDivisionError("a\nb"))
    fault = lines(log)[-1]
    assert (fault["level"], fault["exception_name"], fault["run_id"]) == ("ERROR", "ZeroDivisionError", "run-1")
    assert "Traceback" in fault["exception"]


def test_texts_with_newlines_and_quotes_stay_within_their_line(log: io.StringIO) -> None:
    called({"run": {**RUN, "run_id": 'a"b\nc'}}, {"outcome": "x\ny"})
    found = lines(log)
    assert len(found) == 2
    assert found[-1]["run_id"] == 'a"b\nc'


def test_nothing_of_one_run_is_left_on_the_lines_of_the_next(log: io.StringIO) -> None:
    called({"run": RUN, "revision": 1, "attempt": 2}, {})
    called({"event": {}, "execution": EXECUTION}, {})
    assert "attempt" not in lines(log)[-1] and lines(log)[-1]["run_id"] == "execution-1"
