"""The table of functions: every handler, state and record has its row."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.runtime.functions import (
    CLAUDE_READ_TIMEOUT_S,
    FUNCTIONS,
    IMAGE_READ_TIMEOUT_S,
    LOOP_FUNCTIONS,
    MARGIN_S,
    Function,
)
from lambdas.core.runtime.records import REQUIREMENTS, attempt_folder, wording_folder
from retake.view.run_watch import record_of
from statemachine import FOLDER

ROOT = Path(__file__).parents[3]
functions = pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)


def tasks(machine: str) -> dict[str, dict[str, Any]]:
    """The states of a machine's own definition that call a function."""
    found: dict[str, dict[str, Any]] = {}

    def walk(states: dict[str, Any]) -> None:
        for name, state in states.items():
            if state["Type"] == "Task":
                found[name] = state
            for inner in (state.get("ItemProcessor"), *state.get("Branches", ())):
                walk(inner["States"] if inner else {})

    walk(json.loads((FOLDER / f"{machine}.asl.json").read_text(encoding="utf-8"))["States"])
    return found


def test_every_handler_has_its_row() -> None:
    assert {path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py")} == set(FUNCTIONS)
    assert all(name == row.name for name, row in FUNCTIONS.items())


@pytest.mark.parametrize("machine", ["loop", "batch"])
def test_every_state_that_calls_a_function_has_its_row(machine: str) -> None:
    called = {name: state["Arguments"]["FunctionName"] for name, state in tasks(machine).items()}
    rows = [row for row in FUNCTIONS.values() if row.machine == machine]
    assert called == {row.state: f"${{{row.placeholder}}}" for row in rows}


@functions
def test_a_function_logs_under_its_own_name(row: Function) -> None:
    source = (ROOT / f"{row.module.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert re.findall(r'(?m)^@log_invocation\("(\w+)"\)$', source) == [row.name]
    assert callable(importlib.import_module(row.module).handler)


@functions
def test_the_time_limits_grow_from_the_client_to_the_state(row: Function) -> None:
    read_timeout_s = {"image_model": IMAGE_READ_TIMEOUT_S, "claude": CLAUDE_READ_TIMEOUT_S, None: 0}[row.asks]
    assert read_timeout_s + MARGIN_S <= row.timeout_s
    assert row.timeout_s + MARGIN_S == row.state_timeout_s == tasks(row.machine)[row.state]["TimeoutSeconds"]
    # AWS: the most that Lambda allows.
    assert row.timeout_s <= 900


def test_a_function_that_asks_no_model_has_an_alarm_of_its_own() -> None:
    # The faults of the others reach Conclude, which counts them.
    assert {name for name, row in FUNCTIONS.items() if row.harm} == {
        name for name, row in FUNCTIONS.items() if row.asks is None
    }


def test_every_function_of_a_run_says_what_it_is_doing() -> None:
    assert all(row.progress for row in LOOP_FUNCTIONS.values())


def test_a_record_is_where_the_function_writes_it() -> None:
    event = {"revision": 1, "attempt": 2}
    assert {name: record_of(name, event) for name in LOOP_FUNCTIONS} == {
        "prepare": REQUIREMENTS,
        "generate": f"{attempt_folder(1, 2)}/attempt.json",
        "validate": f"{attempt_folder(1, 2)}/verdict.json",
        "revise": f"{wording_folder(1)}/prompt.json",
        "conclude": None,
    }
