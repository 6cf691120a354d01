"""The state machine in the template is the shipped one, over the stack's functions."""

import json
import re
from typing import Any

import statemachine
from lambdas.core.timeouts import CLAUDE_READ_TIMEOUT_S, IMAGE_READ_TIMEOUT_S, LAMBDA_TIMEOUT_S, STATE_TIMEOUT_S


def _definition(stack: Any) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(stack.only("AWS::StepFunctions::StateMachine")["DefinitionString"])
    return definition


def test_the_definition_is_the_shipped_one_with_every_placeholder_a_function_of_the_stack(stack: Any) -> None:
    machine = stack.only("AWS::StepFunctions::StateMachine")
    shipped = (statemachine.FOLDER / "loop.asl.json").read_text(encoding="utf-8")
    assert json.loads(machine["DefinitionString"]) == json.loads(shipped)
    placeholders = set(re.findall(r"\$\{(\w+)\}", machine["DefinitionString"]))
    substitutions = {name: stack.text(value) for name, value in machine["DefinitionSubstitutions"].items()}
    assert substitutions.keys() == placeholders
    assert substitutions == {
        f"{verb.capitalize()}FunctionArn": f"<{verb}>"
        for verb in ("prepare", "generate", "validate", "revise", "conclude")
    }


def test_timeouts_grow_from_the_client_to_the_function_to_the_state_by_30_s(stack: Any) -> None:
    timeouts_s = {verb: function["Timeout"] for verb, function in stack.functions().items()}
    tasks = [state for state in _definition(stack)["States"].values() if state["Type"] == "Task"]
    verbs = {re.sub(r"\W|FunctionArn", "", task["Arguments"]["FunctionName"]).lower(): task for task in tasks}
    assert verbs.keys() == timeouts_s.keys() == LAMBDA_TIMEOUT_S.keys()
    for verb, task in verbs.items():
        assert task["TimeoutSeconds"] == STATE_TIMEOUT_S[verb]
        assert task["TimeoutSeconds"] - timeouts_s[verb] >= 30
    assert timeouts_s["generate"] - IMAGE_READ_TIMEOUT_S >= 30
    for verb in ("prepare", "validate", "revise"):
        assert timeouts_s[verb] - CLAUDE_READ_TIMEOUT_S >= 30


def test_the_machine_is_standard_traced_and_logs_every_event_without_what_users_wrote(stack: Any) -> None:
    machine = stack.only("AWS::StepFunctions::StateMachine")
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_execution_data_is_logged_when_a_setting_says_so(wide_stack: Any) -> None:
    logging = wide_stack.only("AWS::StepFunctions::StateMachine")["LoggingConfiguration"]
    assert logging["IncludeExecutionData"] is True
