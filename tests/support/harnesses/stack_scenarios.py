"""The scenario table on a stack: which scenarios can run there, and how their runs must end.

A stack in AWS has real models. They do not fail on request, and the number of pictures that they need is unknown, so the
counts are compared with the scenario's bounds and to the limits of the request.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from lambdas.core.run.statuses import STATUSES
from retake.deployed.execution import Execution
from retake.deployed.polling import Pace
from retake.deployed.stack import DeployedStack
from retake.view.outcome import Outcome
from tests.support.cases.scenarios import PROMPT, WRONG, Scenario

PREFIX = "e2e"
# What a scenario leaves open. A run costs `max_cost_usd` at most, and with the default models about $0.25.
LIMITS = {"max_retry_attempts": 3, "max_prompt_revisions": 1, "max_cost_usd": 0.5}
# In place of a painter that errs every time: no picture meets both.
IMPOSSIBLE = ["a red circle", "no circles"]
_SHORTEST_POLL_S, _LONGEST_POLL_S = 1.0, 5.0


def reason_not_to_run(scenario: Scenario) -> str | None:
    """Return the faults for which the scenario needs the stand-in, in words; None if it runs on a stack."""
    faults = [fault for fault in scenario.faults if fault != WRONG]
    return ", ".join(f"`{fault['fault']}` on {fault['on']} calls" for fault in faults) or None


def event_for(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario's event, within limits, under a prefix of its own."""
    event = {"prompt": PROMPT, **LIMITS, "output_s3_key_prefix": PREFIX, **scenario.event}
    return {**event, "requirements": IMPOSSIBLE} if WRONG in scenario.faults else event


@dataclass(frozen=True)
class StackRan:
    """A scenario's run on a stack, and the records that it left."""

    scenario: Scenario
    outcome: Outcome
    records: dict[str, bytes]
    """Every object of the run's folder, by its name in the folder."""

    def json(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.records[name])
        return found

    @property
    def result(self) -> dict[str, Any]:
        return self.json("result.json")

    @property
    def paid(self) -> tuple[int, int]:
        """Calls in the ledgers: to the image model, and to Claude."""
        ledgers = [json.loads(body) for name, body in self.records.items() if name.startswith("ledger/")]
        kinds = [call["kind"] for ledger in ledgers for call in ledger["calls"]]
        return kinds.count("image"), kinds.count("claude")


def run_on_stack(stack: DeployedStack, scenario: Scenario, name: str) -> StackRan:
    """Start the scenario's execution, wait for its end, and read its records.

    Raises:
        StackError: AWS refuses a call.
    """
    execution = Execution.start(stack.aws.stepfunctions, stack.output("StateMachineArn"), name, event_for(scenario))
    pace = Pace(_SHORTEST_POLL_S, _LONGEST_POLL_S)
    while (outcome := execution.outcome()) is None:
        pace.wait(has_changed=False)
    return StackRan(scenario, outcome, _records(stack, f"{PREFIX}/{name}/"))


def _records(stack: DeployedStack, folder: str) -> dict[str, bytes]:
    bucket, records = stack.output("BucketName"), {}
    for page in stack.aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder):
        for found in page.get("Contents", []):
            body = stack.aws.s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
            records[found["Key"].removeprefix(folder)] = body
    return records


def check(ran: StackRan) -> None:
    """Assert everything that holds for the scenario with any models."""
    _check_ending(ran)
    _check_counts(ran)
    _check_cost(ran)
    _check_records(ran)


def _check_ending(ran: StackRan) -> None:
    result, scenario = ran.result, ran.scenario
    # A real model may use up the attempts where the stand-in needs one.
    can_be_exhausted = scenario.status == "ACCEPTED" and result["attempts"] == _most_attempts(ran)
    assert result["status"] in {scenario.status, *(["EXHAUSTED"] if can_be_exhausted else [])}, result["message"]
    error = STATUSES[result["status"]].error
    assert (ran.outcome.status, ran.outcome.error) == ("FAILED" if error else "SUCCEEDED", error)
    shortened = json.loads(ran.outcome.cause or "{}") if error else ran.outcome.output
    assert {**shortened, "verdict": None} == {**result, "verdict": None}


def _check_counts(ran: StackRan) -> None:
    result, scenario = ran.result, ran.scenario
    assert 1 <= result["attempts"] <= _most_attempts(ran)
    request = ran.json("request.json")["request"]
    assert result["images"] <= result["attempts"] * request["titan_img_number_of_images"]
    assert scenario.revisions <= result["revisions"] <= request["max_prompt_revisions"]
    if scenario.status in ("EXHAUSTED", "BEST_EFFORT"):
        assert result["attempts"] == scenario.attempts
    images, claude = ran.paid
    assert images >= result["images"]
    # A verdict for each picture's attempt, and for each revision a wording and a check of it.
    assert claude >= len(_names(ran, "verdict.json")) + 2 * result["revisions"]


def _check_cost(ran: StackRan) -> None:
    cost = ran.result["cost"]
    assert cost["image_usd"] > 0
    assert cost["claude_usd"] > 0
    assert abs(cost["total_usd"] - cost["image_usd"] - cost["claude_usd"]) < 1e-4
    assert cost["total_usd"] <= event_for(ran.scenario)["max_cost_usd"]


def _check_records(ran: StackRan) -> None:
    result = ran.result
    assert {"request.json", "requirements.json", "result.json", "report.html"} <= ran.records.keys()
    assert len(_names(ran, "attempt.json")) == result["attempts"]
    assert len(_names(ran, "prompt.json")) == result["revisions"] + 1
    pictures = [name for name in ran.records if "/image-" in name]
    assert len(pictures) == result["images"]
    name = result["image"]["key"].split("/", 2)[2]
    assert hashlib.sha256(ran.records[name]).hexdigest() == result["image"]["sha256"]


def _names(ran: StackRan, ending: str) -> list[str]:
    return [name for name in ran.records if name.endswith(f"/{ending}")]


def _most_attempts(ran: StackRan) -> int:
    request = ran.json("request.json")["request"]
    most: int = request["max_retry_attempts"] * (request["max_prompt_revisions"] + 1)
    return most
