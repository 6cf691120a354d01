"""The tests of a deployed stack, tried on `retake serve`, where the models are the stand-in and the counts are known."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from retake.deployed.stack import DeployedStack
from standin import Options, StandIn
from tests.support.cases.scenarios import SCENARIOS
from tests.support.harnesses.bedrock_endpoint import bedrock_environment
from tests.support.harnesses.command import ROOT
from tests.support.harnesses.served_stack import ServedStack, serving
from tests.support.harnesses.stack_scenarios import StackRan, check, run_on_stack

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    """A stack whose painter never errs."""
    with (
        StandIn(Options(error_rate=0.0, picture_side_px=256)) as bedrock,
        serving(tmp_path_factory.mktemp("e2e"), "--bedrock", "aws", environment=bedrock_environment(bedrock)) as server,
    ):
        yield server


@pytest.fixture(scope="module")
def stack(server: ServedStack) -> Iterator[DeployedStack]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield DeployedStack("Retake", region=None)


@pytest.fixture(scope="module")
def ran(stack: DeployedStack) -> StackRan:
    return run_on_stack(stack, BY_NAME["exhausted"], "ran")


@pytest.mark.parametrize("name", ["accepted-at-once", "the-ceiling-is-reached", "not-english-so-revised-first"])
def test_a_run_when_the_models_are_the_stand_in_then_it_ends_exactly_as_its_scenario_says(
    name: str, stack: DeployedStack
) -> None:
    scenario = BY_NAME[name]

    ran = run_on_stack(stack, scenario, name)

    check(ran)
    assert (ran.result["status"], ran.outcome.error) == (scenario.status, scenario.error)
    counts = [ran.result[count] for count in ("attempts", "images", "revisions")]
    assert counts == [scenario.attempts, scenario.images, scenario.revisions]


def _with_result(**changes: Any) -> Callable[[StackRan], StackRan]:
    def changed(ran: StackRan) -> StackRan:
        result = {**ran.result, **changes}
        outcome = replace(ran.outcome, cause=json.dumps(result))
        return replace(ran, outcome=outcome, records={**ran.records, "result.json": json.dumps(result).encode()})

    return changed


def _without(name: str) -> Callable[[StackRan], StackRan]:
    return lambda ran: replace(ran, records={key: body for key, body in ran.records.items() if key != name})


@pytest.mark.parametrize(
    "spoil",
    [
        _with_result(status="ACCEPTED"),
        _with_result(attempts=3),
        _with_result(attempts=99),
        _with_result(revisions=0),
        _with_result(cost={"total_usd": 0.7, "image_usd": 0.6, "claude_usd": 0.1}),
        _with_result(cost={"total_usd": 0.1, "image_usd": 0.2, "claude_usd": 0.1}),
        _without("report.html"),
        _without("r00/a01/image-1.png"),
        _without("r01/a02/attempt.json"),
        lambda ran: replace(ran, outcome=replace(ran.outcome, error="RunBlocked")),
        lambda ran: replace(ran, outcome=replace(ran.outcome, status="SUCCEEDED")),
        lambda ran: replace(
            ran, records={name: b"{}" if "/image-" in name else ran.records[name] for name in ran.records}
        ),
    ],
)
def test_a_run_when_something_is_wrong_with_it_then_the_check_fails(
    spoil: Callable[[StackRan], StackRan], ran: StackRan
) -> None:
    check(ran)

    with pytest.raises(AssertionError):
        check(spoil(ran))


def test_the_tests_when_they_are_wanted_then_they_run_with_the_caller_s_credentials(server: ServedStack) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/e2e/test_scenarios.py", "-k", "at-once"],
        cwd=ROOT,
        env={**environment, **server.environment, "RUN_E2E": "1", "E2E_STACK": "Retake"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed" in done.stdout, done.stdout
