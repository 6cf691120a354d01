"""The scenario table on MiniStack: a second interpreter of the shipped machine, which shares no code with moto.

MiniStack walks every scenario. Where it differs from AWS, its harness adapts the machine or the functions, and a test
here, which must fail, holds the difference: when MiniStack no longer has it, the adaptation goes.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cases.scenarios import PROMPT, SCENARIOS, Scenario
from tests.support.checks.scenario import check_run
from tests.support.harnesses.loop import run
from tests.support.harnesses.ministack import MiniStack


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with MiniStack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_run_ends_as_its_scenario_says(scenario: Scenario, ministack: MiniStack, tmp_path: Path) -> None:
    event = {"prompt": PROMPT, **scenario.event}
    ran = run(tmp_path, event, faults=scenario.faults, name=scenario.name, execute=ministack.execute)

    check_run(ran, scenario)


@pytest.mark.xfail(reason="MiniStack ignores the Output of a Succeed state; AWS documents it", strict=True)
def test_a_succeed_state_answers_with_its_output(ministack: MiniStack) -> None:
    succeed = {"Type": "Succeed", "Output": "{% $states.input.result %}"}
    machine = ministack.create_machine(
        "succeed", {"QueryLanguage": "JSONata", "StartAt": "Accepted", "States": {"Accepted": succeed}}
    )

    ended = ministack.run_machine(machine, "succeed", {"result": "a picture"})

    assert ended.output == "a picture"
