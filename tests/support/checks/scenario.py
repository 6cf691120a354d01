"""How a run must have ended, and what it must have left, by its scenario."""

import json

import pytest

from lambdas.core.catalogue.models import image_models
from lambdas.core.money.ledger import PaidCall
from lambdas.core.runtime.settings import Settings
from tests.support.cases.scenarios import Scenario
from tests.support.harnesses.loop import EndedRun

PRICE_USD = image_models()[Settings(bucket="b").image_model_id].price_usd_per_image


def check_run(ran: EndedRun, scenario: Scenario) -> None:
    """Check the status, the exact number of paid calls, the cost and the files."""
    _check_ending(ran, scenario)
    _check_counts(ran, scenario)
    _check_cost(ran, scenario)
    _check_files(ran)


def _check_ending(ran: EndedRun, scenario: Scenario) -> None:
    assert ran.answer["status"] == scenario.status
    assert ran.outcome.status == ("FAILED" if scenario.fails else "SUCCEEDED")
    assert ran.outcome.error == scenario.error
    if scenario.status == "ERROR":
        assert ran.answer["error"] == scenario.error
        assert ran.answer["message"]
    whole = ran.json("result.json")
    assert whole["engine"] == "stand-in" or not scenario.attempts
    assert {**whole, "verdict": None} == {**ran.answer, "verdict": None}
    assert (whole["image"] is None) == (scenario.images == 0)


def _check_counts(ran: EndedRun, scenario: Scenario) -> None:
    result = ran.json("result.json")
    assert (result["attempts"], result["images"], result["revisions"]) == (
        scenario.attempts,
        scenario.images,
        scenario.revisions,
    )
    # Every new wording is checked once before a picture is paid for it.
    assert ran.paid() == (*scenario.paid, scenario.paid[3])


def _check_cost(ran: EndedRun, scenario: Scenario) -> None:
    cost = ran.json("result.json")["cost"]
    assert cost["image_usd"] == pytest.approx(PRICE_USD * (scenario.images + scenario.unanswered_images))
    assert cost["total_usd"] == pytest.approx(cost["image_usd"] + cost["claude_usd"])
    assert (cost["claude_usd"] > 0) == (sum(scenario.paid) > scenario.paid[1])
    assert cost["total_usd"] <= ran.json("request.json")["request"]["max_cost_usd"]
    # Every answered call of Claude's stands in the ledger at what its tokens cost, or, unread, at what was reserved.
    ledgers = [json.loads(path.read_text()) for path in (ran.folder / "ledger").glob("*.json")]
    calls = [PaidCall(**call) for ledger in ledgers for call in ledger["calls"]]
    answered = [call for call in calls if call.kind == "claude" and call.cost_usd]
    assert len(answered) == sum(ran.paid()) - ran.paid()[1] - scenario.unread
    assert sum(call.kind == "claude" and call.cost_usd is None for call in calls) == scenario.unread
    assert all(0 < call.cost_usd <= call.reserved_usd for call in answered if call.cost_usd is not None)


def _check_files(ran: EndedRun) -> None:
    files, result = ran.files(), ran.json("result.json")
    assert {"request.json", "result.json", "report.html"} <= files
    pictures = {name for name in files if "/image-" in name}
    assert len(pictures) == result["images"]
    assert len({name for name in files if name.endswith("attempt.json")}) == result["attempts"]
    assert {f"r{revision:02d}/prompt.json" for revision in range(result["revisions"] + 1)} <= files or not result[
        "attempts"
    ]
    if result["image"]:
        name = result["image"]["key"].split("/", 2)[2]
        assert name in pictures
