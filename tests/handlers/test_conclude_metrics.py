"""The metrics of a run: one line in the embedded metric format of CloudWatch (EMF)."""

import json
from typing import Any

import pytest

from lambdas.conclude.metrics import emit

RESULT: dict[str, Any] = {
    "status": "ACCEPTED",
    "run_id": "run-1",
    "attempts": 4,
    "images": 3,
    "revisions": 1,
    "cost": {"total_usd": 0.1357},
    "duration_s": 41.25,
}
UNITS = {
    "Images": "Count",
    "Attempts": "Count",
    "Revisions": "Count",
    "Accepted": "Count",
    "Uncertain": "Count",
    "NotAccepted": "Count",
    "Faults": "Count",
    "InvalidRequests": "Count",
    "Blocked": "Count",
    "CostUsd": "None",
    "Duration": "Seconds",
}


def emit_line(
    capsys: pytest.CaptureFixture[str], *, blocked: int = 0, in_batch: bool = False, **given: Any
) -> dict[str, Any]:
    emit({**RESULT, **given}, blocked=blocked, in_batch=in_batch)
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def value(line: dict[str, Any], name: str) -> Any:
    found = line[name]
    return found[0] if isinstance(found, list) else found


def test_a_run_is_one_line_of_valid_emf(capsys: pytest.CaptureFixture[str]) -> None:
    line = emit_line(capsys)
    # AWS: CloudWatch user guide, "Specification: Embedded metric format".
    assert isinstance(line["_aws"]["Timestamp"], int) and line["_aws"]["Timestamp"] > 1_600_000_000_000
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Retake"
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == UNITS
    (dimensions,) = directive["Dimensions"]
    assert dimensions == ["service"] and all(isinstance(line[name], str) for name in dimensions)
    assert all(isinstance(value(line, name), int | float) for name in UNITS)
    # With the run id as a dimension, every run would create a new metric, and each metric costs money.
    assert line["run_id"] == "run-1"


def test_the_figures_are_those_of_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    line = emit_line(capsys)
    figures = {name: value(line, name) for name in ("Images", "Attempts", "Revisions", "CostUsd", "Duration")}
    assert figures == {"Images": 3, "Attempts": 4, "Revisions": 1, "CostUsd": 0.1357, "Duration": 41.25}


@pytest.mark.parametrize(
    ("status", "error", "counted"),
    [
        ("ACCEPTED", None, "Accepted"),
        ("UNCERTAIN", None, "Uncertain"),
        ("EXHAUSTED", None, "NotAccepted"),
        ("BLOCKED", None, "NotAccepted"),
        ("BUDGET_EXCEEDED", None, "NotAccepted"),
        ("BEST_EFFORT", None, "NotAccepted"),
        ("ERROR", None, "Faults"),
        ("ERROR", "ModelThrottledError", "Faults"),
        ("ERROR", "Lambda.Unknown", "Faults"),
        ("ERROR", "InvalidRequestError", "InvalidRequests"),
    ],
)
def test_every_run_counts_once(
    capsys: pytest.CaptureFixture[str], status: str, error: str | None, counted: str
) -> None:
    line = emit_line(capsys, status=status, error=error)
    outcomes = ("Accepted", "Uncertain", "NotAccepted", "Faults", "InvalidRequests")
    assert {name: value(line, name) for name in outcomes if value(line, name)} == {counted: 1}


def test_blocked_attempts_have_their_own_metric(capsys: pytest.CaptureFixture[str]) -> None:
    line = emit_line(capsys, blocked=2)
    assert (value(line, "Blocked"), value(line, "Attempts")) == (2, 4)


def test_only_an_item_of_a_batch_counts_in_batch_items_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert "BatchItemsEnded" not in emit_line(capsys)
    assert value(emit_line(capsys, in_batch=True), "BatchItemsEnded") == 1


def test_each_stack_has_its_own_dimension(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert emit_line(capsys)["service"] == "retake"
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "Studio")
    assert emit_line(capsys)["service"] == "Studio"


@pytest.mark.parametrize("status", ["DUPLICATE", "DRY_RUN"])
def test_a_run_that_was_not_run_is_not_counted(capsys: pytest.CaptureFixture[str], status: str) -> None:
    emit({**RESULT, "status": status})
    assert capsys.readouterr().out == ""


def test_the_figures_of_a_run_do_not_leak_into_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    emit_line(capsys, images=3)
    assert emit_line(capsys, images=5)["Images"] in (5, [5])
