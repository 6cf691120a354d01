"""The scenario table on MiniStack: a second interpreter of the shipped machine, which shares no code with moto's.

MiniStack walks every scenario. The harness goes around two faults of MiniStack. For each, a test here states AWS's
documented behaviour and must fail; when it passes, the workaround can go.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cases.scenarios import PROMPT, SCENARIOS, Scenario
from tests.support.checks.scenario import check_run
from tests.support.harnesses.loop import run
from tests.support.harnesses.ministack import MiniStack, ministack


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with ministack(tmp_path_factory.mktemp("ministack")) as started:
        yield started


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_run_ends_as_its_scenario_says(scenario: Scenario, running: MiniStack, tmp_path: Path) -> None:
    event = {"prompt": PROMPT, **scenario.event}
    ran = run(tmp_path, event, faults=scenario.faults, name=scenario.name, execute=running.execute)

    check_run(ran, scenario)


@pytest.mark.xfail(reason="MiniStack: ignores the Output of a Succeed state", strict=True, raises=AssertionError)
def test_a_succeed_state_answers_with_its_output(running: MiniStack) -> None:
    succeed = {"Type": "Succeed", "Output": "{% $states.input.result %}"}
    machine = running.create_machine(
        "succeed", {"QueryLanguage": "JSONata", "StartAt": "Accepted", "States": {"Accepted": succeed}}
    )

    ended = running.run_machine(machine, "succeed", {"result": "a picture"})

    assert ended.status == "SUCCEEDED"
    assert ended.output == "a picture"


@pytest.mark.xfail(
    reason="MiniStack: names every error of a Python function Runtime.HandlerError", strict=True, raises=AssertionError
)
def test_an_error_of_a_python_function_keeps_its_name(running: MiniStack) -> None:
    code = "class OurError(Exception): ...\ndef handler(event, context): raise OurError(event)\n"
    function = running.create_function("fails", runtime="python3.12", handler="fails.handler", code={"fails.py": code})
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": "a fault"},
        "End": True,
    }
    machine = running.create_machine(
        "fails", {"QueryLanguage": "JSONata", "StartAt": "Fails", "States": {"Fails": task}}
    )

    ended = running.run_machine(machine, "fails", {})

    assert "a fault" in (ended.cause or "")
    assert ended.error == "OurError"
