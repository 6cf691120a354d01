"""The definition of the batch machine: rules that AWS enforces but moto does not, and the fields that moto refuses."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.core.runtime.functions import FUNCTIONS, MARGIN_S
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN
from retake.emulator.patches.definition import UNSUPPORTED_FIELDS, remove_unsupported_fields
from statemachine import FOLDER, placeholders, read
from tests.statemachine import test_loop_asl as loop

RAW: dict[str, Any] = json.loads((FOLDER / "batch.asl.json").read_text(encoding="utf-8"))
MACHINE: dict[str, Any] = json.loads(read("batch", {name: f"arn:{name}" for name in placeholders("batch")}))
STATES: dict[str, Any] = MACHINE["States"]
MAP: dict[str, Any] = STATES["Run items"]
ITEM_STATES: dict[str, Any] = MAP["ItemProcessor"]["States"]
BRANCH: dict[str, Any] = ITEM_STATES["Run one item"]["Branches"][0]
OUTER = {name: state for name, state in STATES.items() if name != "Run items"}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def every_state(states: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in states.items():
        yield name, state
        for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
            yield from every_state(inner["States"])


def own(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state without the machines inside it."""
    return {key: value for key, value in state.items() if key not in ("ItemProcessor", "Branches")}


def test_the_map_has_the_unmodified_states_of_the_loop() -> None:
    spliced = json.loads(read("loop", {name: f"arn:{name}" for name in placeholders("loop")}))
    assert {key: spliced[key] for key in ("Comment", "StartAt", "States")} == BRANCH
    assert len(ITEM_STATES["Run one item"]["Branches"]) == 1
    assert placeholders("batch") == placeholders("loop") | {"PlanFunctionArn", "ConcludeBatchFunctionArn"}


def test_no_inner_scope_reads_or_assigns_a_variable_of_the_outer_one() -> None:
    # AWS: a child execution cannot read its parent's variables, nor assign variables with their names. moto allows both.
    outer = {name for state in STATES.values() for name in loop.assigned(own(state))}
    inner = [state for _, state in every_state(ITEM_STATES)]
    inner_assigned = {name for state in inner for name in loop.assigned(own(state))}
    inner_used = {name for state in inner for name in loop.used(own(state))}
    assert outer == {"batch", "batch_fault", "map_run"}
    assert not outer & (inner_assigned | inner_used)
    assert inner_used <= inner_assigned
    # The item does not use the variables of the branch.
    branch = {name for state in BRANCH["States"].values() for name in loop.assigned(state)}
    assert not any((loop.assigned(own(state)) | loop.used(own(state))) & branch for state in ITEM_STATES.values())


def test_outer_states_use_only_variables_that_plan_batch_assigns() -> None:
    used = {name for state in STATES.values() for name in loop.used(own(state))}
    assert used == set(STATES["Plan batch"]["Assign"])
    # If Plan batch itself failed, only the variable of its catcher exists.
    assert loop.used(STATES["Batch not planned"]) == {"batch_fault"}


def test_state_names_are_unique_and_every_state_has_a_comment() -> None:
    found = list(every_state(STATES))
    names = [name for name, _ in found]
    assert len(names) == len(set(names))
    for name, state in found:
        assert state["Comment"].endswith("."), name
        assert re.fullmatch(r"[A-Z][a-z]*( [a-z]+)*\??", name)
        assert name.endswith("?") == (state["Type"] == "Choice")


def test_every_target_exists_and_every_state_is_reached() -> None:
    for start, states in ((MACHINE["StartAt"], STATES), ("Run one item", ITEM_STATES)):
        assert {start} | {target for state in states.values() for target in loop.targets(own(state))} == set(states)


@pytest.mark.parametrize("name", TASKS)
def test_tasks_have_the_timeout_of_their_function_and_retry_temporary_errors(name: str) -> None:
    task = TASKS[name]
    function = {"Plan batch": "plan", "Conclude batch": "conclude_batch"}[name]
    placeholder = RAW["States"][name]["Arguments"]["FunctionName"]
    assert placeholder == f"${{{''.join(part.capitalize() for part in function.split('_'))}FunctionArn}}"
    assert task["TimeoutSeconds"] == FUNCTIONS[function].timeout_s + MARGIN_S
    assert FUNCTIONS[function].timeout_s <= 900
    retried = [error for retrier in task["Retry"] for error in retrier["ErrorEquals"]]
    assert set(retried) == {"RecordError"} | loop.SERVICE_ERRORS
    assert all(retrier["JitterStrategy"] == "FULL" and retrier["MaxDelaySeconds"] for retrier in task["Retry"])


@pytest.mark.parametrize("state", [*TASKS.values(), MAP, ITEM_STATES["Run one item"]])
def test_every_error_is_caught_and_the_size_limit_by_its_name(state: dict[str, Any]) -> None:
    # AWS: States.ALL must be alone, and does not catch States.DataLimitExceeded.
    assert [catcher["ErrorEquals"] for catcher in state["Catch"]] == [["States.DataLimitExceeded"], ["States.ALL"]]
    assert "States.ALL" in state["Catch"][0]["Comment"]


def test_a_failed_map_is_concluded_and_failed_items_never_stop_it() -> None:
    assert {catcher["Next"] for catcher in MAP["Catch"]} == {"Conclude batch"}
    assert MAP["ToleratedFailurePercentage"] == "{% 100 %}"
    assert MAP["MaxConcurrency"] == "{% $batch.max_concurrency %}"
    assert MAP["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert MAP["ResultWriter"]["WriterConfig"] == {"Transformation": "COMPACT", "OutputType": "JSONL"}


def test_the_execution_of_an_item_cannot_reach_the_limit_of_its_history() -> None:
    attempt = ["Generate image", "Picture made?", "Validate image", "Accepted?", "Attempts left?"]
    revision = ["Revisions left?", "Revise prompt", "Revised?"]
    of_an_attempt = sum(map(loop.events_of, attempt + revision))
    other_events = sum(map(loop.events_of, ["Prepare", "Ready to generate?", "Conclude", "Ended well?"]))
    # Four events of the Parallel, two of the Pass, and four of the execution.
    around = 4 + 2 + 4
    assert MAX_ATTEMPTS_PER_RUN * of_an_attempt + other_events + around <= loop.HISTORY_LIMIT


def test_no_prompt_is_in_the_state_of_the_batch() -> None:
    for name, state in OUTER.items():
        given = json.dumps(state.get("Arguments", {}))
        assert "$states.input %}" not in given
        assert ("$states.context.Execution.Input %}" in given) == (name == "Plan batch")


def test_the_loader_removes_exactly_the_fields_that_moto_refuses() -> None:
    definition = json.dumps(MACHINE)
    remaining = json.loads(remove_unsupported_fields(definition))
    expected = json.loads(definition)
    for state, field in UNSUPPORTED_FIELDS:
        del expected["States"][state][field]
    assert remaining == expected
    assert remove_unsupported_fields(json.dumps(remaining)) == json.dumps(remaining)
