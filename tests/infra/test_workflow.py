"""The state machines in the template: the shipped definitions, with the functions of the stack."""

import json
import re
from typing import Any

import pytest

import statemachine
from infra.batch import MAP_LABEL
from lambdas.core.runtime.functions import CLAUDE_READ_TIMEOUT_S, FUNCTIONS, IMAGE_READ_TIMEOUT_S, TIMEOUTS_S

MACHINES = {
    "loop": {"prepare", "generate", "validate", "revise", "conclude"},
    "batch": {"prepare", "generate", "validate", "revise", "conclude", "plan", "conclude_batch"},
}
machines = pytest.mark.parametrize("name", MACHINES)


def _definition(stack: Any, name: str) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(stack.machines()[name]["DefinitionString"])
    return definition


def _tasks(value: Any) -> list[dict[str, Any]]:
    """Return every Task at any depth: the loop's are inside the map of the batch."""
    if isinstance(value, list):
        return [task for item in value for task in _tasks(item)]
    if not isinstance(value, dict):
        return []
    return ([value] if value.get("Type") == "Task" else []) + _tasks(list(value.values()))


@machines
def test_the_definition_is_the_shipped_one_with_every_placeholder_a_function_of_the_stack(
    stack: Any, name: str
) -> None:
    machine = stack.machines()[name]
    names = statemachine.placeholders(name)
    shipped = statemachine.read(name, {placeholder: f"${{{placeholder}}}" for placeholder in names})
    assert json.loads(machine["DefinitionString"]) == json.loads(shipped)
    assert set(re.findall(r"\$\{(\w+)\}", machine["DefinitionString"])) == names
    substitutions = {name: stack.text(value) for name, value in machine["DefinitionSubstitutions"].items()}
    assert substitutions == {FUNCTIONS[verb].placeholder: f"<{verb}>" for verb in MACHINES[name]}


def test_the_label_in_the_map_policy_is_that_of_the_shipped_map(stack: Any) -> None:
    assert _definition(stack, "batch")["States"]["Run items"]["Label"] == MAP_LABEL


@machines
def test_the_timeouts_of_client_function_and_state_are_30_s_apart(stack: Any, name: str) -> None:
    timeouts_s = {verb: function["Timeout"] for verb, function in stack.functions().items()}
    assert timeouts_s == TIMEOUTS_S
    verb_of = {f"${{{FUNCTIONS[verb].placeholder}}}": verb for verb in timeouts_s}
    tasks = _tasks(_definition(stack, name))
    verbs = {verb_of[task["Arguments"]["FunctionName"]]: task for task in tasks}
    assert verbs.keys() == MACHINES[name]
    assert len(tasks) == len(verbs)
    for verb, task in verbs.items():
        assert task["TimeoutSeconds"] == FUNCTIONS[verb].state_timeout_s
        assert task["TimeoutSeconds"] - timeouts_s[verb] >= 30
    assert timeouts_s["generate"] - IMAGE_READ_TIMEOUT_S >= 30
    for verb in ("prepare", "validate", "revise"):
        assert timeouts_s[verb] - CLAUDE_READ_TIMEOUT_S >= 30


@machines
def test_a_machine_is_standard_traced_and_logs_every_event_without_execution_data(stack: Any, name: str) -> None:
    machine = stack.machines()[name]
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


@machines
def test_execution_data_is_logged_if_the_setting_is_true(wide_stack: Any, name: str) -> None:
    assert wide_stack.machines()[name]["LoggingConfiguration"]["IncludeExecutionData"] is True


def test_each_machine_has_its_own_log_group(stack: Any) -> None:
    groups = [machine["LoggingConfiguration"]["Destinations"] for machine in stack.machines().values()]
    assert groups[0] != groups[1]
