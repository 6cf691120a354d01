"""Fault scripts: how rules are parsed, and which calls they match."""

import json
from pathlib import Path
from typing import Any

import pytest

from standin.faults import CLAUDE_OPERATIONS, FaultScript, read_faults
from standin.wire.questions import QUESTIONS


def faults_of(rules: list[dict[str, Any]], *operations: str) -> list[str | None]:
    """Return the fault of each call, in order."""
    script = FaultScript(read_faults(rules))
    faults = [script.next_fault(operation) for operation in operations]
    return [fault.fault if fault else None for fault in faults]


def test_rule_with_times_matches_the_first_calls() -> None:
    rules = [{"on": "image", "fault": "throttle", "times": 2}]
    assert faults_of(rules, "image", "verdict", "image", "image") == ["throttle", None, "throttle", None]


def test_rule_with_calls_matches_these_numbers() -> None:
    assert faults_of([{"on": "verdict", "fault": "rubbish", "calls": [1, 3]}], *["verdict"] * 4) == [
        "rubbish",
        None,
        "rubbish",
        None,
    ]


def test_rule_without_a_selection_matches_every_call() -> None:
    assert faults_of([{"on": "any", "fault": "drop"}], "image", "prompt", "other") == ["drop"] * 3


def test_rule_on_claude_does_not_match_image_calls() -> None:
    rules = [{"on": "claude", "fault": "unavailable"}]
    assert faults_of(rules, "image", "requirements", "verdict", "prompt", "coverage") == [None] + ["unavailable"] * 4


def test_rule_on_any_matches_only_calls_that_the_fault_can_happen_on() -> None:
    assert faults_of([{"on": "any", "fault": "prose"}], "image", "verdict") == [None, "prose"]
    assert faults_of([{"on": "any", "fault": "paint_wrong"}], "image", "verdict") == ["paint_wrong", None]


def test_rule_with_rate_matches_that_share_and_is_repeatable() -> None:
    rules = [{"on": "image", "fault": "throttle", "rate": 0.25}]
    first = faults_of(rules, *["image"] * 400)
    assert 70 <= sum(fault is not None for fault in first) <= 130
    assert faults_of(rules, *["image"] * 400) == first


def test_rules_when_two_match_then_the_first_is_used_and_times_counts_uses() -> None:
    rules: list[dict[str, Any]] = [
        {"on": "image", "fault": "throttle", "times": 2},
        {"on": "image", "fault": "paint_wrong", "times": 1},
        {"on": "image", "fault": "paint_right"},
    ]
    assert faults_of(rules, *["image"] * 4) == ["throttle", "throttle", "paint_wrong", "paint_right"]


def test_rules_with_calls_count_calls_that_another_rule_has_taken() -> None:
    rules: list[dict[str, Any]] = [
        {"on": "verdict", "fault": "rubbish", "calls": [1]},
        {"on": "verdict", "fault": "prose", "calls": [2]},
    ]
    assert faults_of(rules, *["verdict"] * 3) == ["rubbish", "prose", None]


def test_rules_are_read_from_a_file_a_string_and_a_list(tmp_path: Path) -> None:
    rules = [{"on": "image", "fault": "stall", "stall_s": 2}]
    path = tmp_path / "faults.json"
    path.write_text(json.dumps(rules), encoding="utf-8")
    assert read_faults(path) == read_faults(json.dumps(rules)) == read_faults(rules) == read_faults(read_faults(rules))
    assert read_faults(rules)[0].stall_s == 2.0


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("{", "faults: not JSON"),
        ({"on": "image"}, "faults: not a list"),
        (["throttle"], "fault rule 1"),
        ([{"on": "image", "fault": "throttle"}, {"on": "picture", "fault": "drop"}], "fault rule 2, on: 'picture'"),
        ([{"on": "image", "fault": "explode"}], "fault rule 1, fault: 'explode'"),
        ([{"on": "image", "fault": "drop", "time": 2}], "fault rule 1, time: no such field"),
        ([{"on": "image", "fault": "drop", "times": 0}], "fault rule 1, times: 0"),
        ([{"on": "image", "fault": "drop", "times": True}], "fault rule 1, times: True"),
        ([{"on": "image", "fault": "drop", "calls": []}], "fault rule 1, calls"),
        ([{"on": "image", "fault": "drop", "calls": [0]}], "fault rule 1, calls"),
        ([{"on": "image", "fault": "drop", "rate": 1.5}], "fault rule 1, rate: 1.5"),
        ([{"on": "image", "fault": "drop", "rate": 0.5, "times": 1}], "fault rule 1, times: give only one"),
        ([{"on": "image", "fault": "drop", "stall_s": 1}], "fault rule 1, stall_s"),
        ([{"on": "image", "fault": "prose"}], "fault rule 1, fault: prose cannot happen on image calls"),
        ([{"on": "verdict", "fault": "paint_wrong"}], "fault rule 1, fault: paint_wrong cannot happen on verdict"),
    ],
)
def test_rules_when_invalid_then_one_line_names_rule_and_field(rules: Any, words: str) -> None:
    with pytest.raises(ValueError, match="fault") as error:
        read_faults(rules)
    assert str(error.value).startswith(words)
    assert "\n" not in str(error.value)


def test_every_question_has_an_operation_of_the_fault_script() -> None:
    assert {question.operation for question in QUESTIONS} | {"other"} == CLAUDE_OPERATIONS
