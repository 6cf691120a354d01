"""The scenario table on moto: the exact number of paid calls, the status, the files, the cost."""

from pathlib import Path

import pytest

from tests.support.cases.scenarios import PROMPT, SCENARIOS, Scenario
from tests.support.checks.scenario import check_run
from tests.support.harnesses.loop import run


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_run_ends_as_its_scenario_says(scenario: Scenario, tmp_path: Path) -> None:
    ran = run(tmp_path, {"prompt": PROMPT, **scenario.event}, faults=scenario.faults)

    check_run(ran, scenario)
