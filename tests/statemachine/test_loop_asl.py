"""The definition of the loop against the code: the checks that no linter makes."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from lambdas.core.runtime import errors
from lambdas.core.runtime.errors import RETRIED_ERRORS, RetakeError
from lambdas.core.runtime.functions import (
    CLAUDE_READ_TIMEOUT_S,
    IMAGE_READ_TIMEOUT_S,
    LOOP_FUNCTIONS,
    MARGIN_S,
    TIMEOUTS_S,
)
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN
from statemachine import FOLDER, placeholders
from tests.support.checks.definition import expressions

MACHINE: dict[str, Any] = json.loads((FOLDER / "loop.asl.json").read_text(encoding="utf-8"))
STATES: dict[str, dict[str, Any]] = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
CHOICES = {name: state for name, state in STATES.items() if state["Type"] == "Choice"}

# AWS: the errors of Lambda that are worth a retry (Step Functions developer guide, "Handle transient Lambda errors").
SERVICE_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "States.Timeout",
}
OUR_ERRORS = {
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, RetakeError)
}

# AWS: the number of events that a state adds to the history, and the limit of an execution.
EVENTS_OF_A_TASK = 5
EVENTS_OF_A_RETRY = 3
EVENTS_OF_A_CHOICE = 2
HISTORY_LIMIT = 25_000


def function_of(task: dict[str, Any]) -> str:
    placeholder = re.fullmatch(r"\$\{(\w+)FunctionArn\}", task["Arguments"]["FunctionName"])
    assert placeholder
    return placeholder[1].lower()


def targets(state: dict[str, Any]) -> list[str]:
    places = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return [place[key] for place in places for key in ("Next", "Default") if key in place]


def assigned(state: dict[str, Any]) -> set[str]:
    places = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return {name for place in places for name in place.get("Assign", {})}


def used(value: Any) -> set[str]:
    names = {name for text in expressions(value) for name in re.findall(r"\$([A-Za-z_]\w*)(?!\w*\()", text)}
    return names - {"states"}


def events_of(name: str) -> int:
    state = STATES[name]
    if state["Type"] == "Choice":
        return EVENTS_OF_A_CHOICE
    retries: int = sum(retrier["MaxAttempts"] for retrier in state["Retry"])
    return EVENTS_OF_A_TASK + EVENTS_OF_A_RETRY * retries


def test_the_machine_is_jsonata_throughout() -> None:
    assert MACHINE["QueryLanguage"] == "JSONata"
    text = json.dumps(MACHINE)
    for jsonpath_field in ("InputPath", "OutputPath", "ResultPath", "ResultSelector", '"Parameters"', '.$"'):
        assert jsonpath_field not in text


def test_every_target_exists_and_every_state_is_reached() -> None:
    reached = {MACHINE["StartAt"]} | {target for state in STATES.values() for target in targets(state)}
    assert reached == set(STATES)


@pytest.mark.parametrize("name", STATES)
def test_every_state_has_a_comment_and_a_name_in_sentence_case(name: str) -> None:
    assert STATES[name]["Comment"].endswith(".")
    assert re.fullmatch(r"[A-Z][a-z]*( [a-z]+)*\??", name)
    assert name.endswith("?") == (STATES[name]["Type"] == "Choice")


@pytest.mark.parametrize("name", TASKS)
def test_every_task_retries_with_full_jitter_and_a_maximum_wait(name: str) -> None:
    for retrier in TASKS[name]["Retry"]:
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["MaxDelaySeconds"] >= retrier["IntervalSeconds"]
        assert 1 <= retrier["MaxAttempts"] <= 20
        assert set(retrier["ErrorEquals"]) <= OUR_ERRORS | SERVICE_ERRORS


@pytest.mark.parametrize("name", TASKS)
def test_every_task_retries_only_temporary_errors(name: str) -> None:
    retried = [error for retrier in TASKS[name]["Retry"] for error in retrier["ErrorEquals"]]
    assert len(retried) == len(set(retried))
    ours = {error.__name__ for error in RETRIED_ERRORS}
    if name == "Conclude":
        ours = {"RecordError"}
    if name in ("Prepare", "Validate image", "Revise prompt"):
        ours |= {"ModelAnswerError"}
    assert set(retried) == ours | SERVICE_ERRORS


@pytest.mark.parametrize("name", TASKS)
def test_every_error_of_a_task_is_caught_and_the_size_limit_by_its_name(name: str) -> None:
    catchers = TASKS[name]["Catch"]
    assert [catcher["ErrorEquals"] for catcher in catchers] == [["States.DataLimitExceeded"], ["States.ALL"]]
    assert "States.ALL" in catchers[0]["Comment"]
    assert {catcher["Next"] for catcher in catchers} == {"Not concluded" if name == "Conclude" else "Conclude"}
    assert all("fault" in catcher["Assign"] for catcher in catchers)


@pytest.mark.parametrize("name", TASKS)
def test_timeouts_are_in_order_and_30_s_apart(name: str) -> None:
    function = function_of(TASKS[name])
    read_timeout_s = {"generate": IMAGE_READ_TIMEOUT_S, "conclude": 0}.get(function, CLAUDE_READ_TIMEOUT_S)
    assert MARGIN_S == 30
    assert read_timeout_s + MARGIN_S <= TIMEOUTS_S[function]
    assert TIMEOUTS_S[function] + MARGIN_S <= TASKS[name]["TimeoutSeconds"]


def test_every_function_has_its_task_and_every_placeholder_is_a_function() -> None:
    functions = {function_of(task) for task in TASKS.values()}
    assert functions == set(LOOP_FUNCTIONS)
    assert placeholders("loop") == {f"{function.capitalize()}FunctionArn" for function in functions}


def test_every_variable_is_assigned_before_it_can_be_used() -> None:
    # Follow every path from the start, with the variables that are always assigned on it.
    certain: dict[str, set[str]] = {}
    paths: list[tuple[str, frozenset[str]]] = [(MACHINE["StartAt"], frozenset())]
    while paths:
        name, known = paths.pop()
        narrowed = certain.get(name, set(known)) & known
        if name in certain and narrowed == certain[name]:
            continue
        certain[name] = set(narrowed)
        state = STATES[name]
        ways = [(place["Next"], place) for place in state.get("Catch", []) + state.get("Choices", [])]
        ways += [(state[key], state) for key in ("Next", "Default") if key in state]
        paths += [(target, frozenset(narrowed | place.get("Assign", {}).keys())) for target, place in ways]
    for name, state in STATES.items():
        assert used(state) <= certain[name], f"{name} uses {used(state) - certain[name]} before it is assigned"


def test_no_choice_state_has_assign_or_output() -> None:
    # AWS and moto evaluate these fields at different times, so only rules assign variables.
    assert not [name for name, state in CHOICES.items() if {"Assign", "Output"} & state.keys()]


def test_every_assigned_variable_is_used() -> None:
    assert {name for state in STATES.values() for name in assigned(state)} == {
        name for state in STATES.values() for name in used(state)
    }


def test_a_failed_attempt_takes_at_most_five_transitions() -> None:
    way = ["Generate image", "Picture made?", "Validate image", "Accepted?", "Attempts left?", "Generate image"]
    for here, there in pairwise(way):
        assert there in targets(STATES[here])
    assert len(way) - 1 <= 5


def test_an_execution_cannot_reach_the_limit_of_its_history() -> None:
    attempt = ["Generate image", "Picture made?", "Validate image", "Accepted?", "Attempts left?"]
    revision = ["Revisions left?", "Revise prompt", "Revised?"]
    # The most events: each attempt has its own wording, and uses every retry.
    of_an_attempt = sum(map(events_of, attempt + revision))
    other_events = sum(map(events_of, ["Prepare", "Ready to generate?", "Conclude", "Ended well?"])) + 4
    assert set(attempt + revision) | {"Prepare", "Ready to generate?", "Conclude", "Ended well?"} == {*TASKS, *CHOICES}
    cap = (HISTORY_LIMIT - other_events) // of_an_attempt
    assert cap - 10 < MAX_ATTEMPTS_PER_RUN <= cap


def test_no_prompt_travels_in_the_state() -> None:
    for name, task in TASKS.items():
        payload = json.dumps(task["Arguments"]["Payload"])
        assert ("$states.input" in payload) == (name == "Prepare")
