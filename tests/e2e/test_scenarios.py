"""The scenario table on a deployed stack, as far as real models can be brought to play it."""

import uuid

import pytest

from retake.deployed.stack import DeployedStack
from tests.support.cases.scenarios import SCENARIOS, Scenario
from tests.support.harnesses.stack_scenarios import check, reason_not_to_run, run_on_stack

# The others need faults of the stand-in; docs/deploy.md lists them.
PLAYABLE = [scenario for scenario in SCENARIOS if reason_not_to_run(scenario) is None]


@pytest.mark.enable_socket
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scenario", PLAYABLE, ids=lambda scenario: scenario.name)
def test_a_run_on_the_stack_ends_as_its_scenario_says(scenario: Scenario, deployed: DeployedStack) -> None:
    # AWS: the name of an execution is taken for 90 days.
    check(run_on_stack(deployed, scenario, f"{scenario.name}-{uuid.uuid4().hex[:8]}"))
