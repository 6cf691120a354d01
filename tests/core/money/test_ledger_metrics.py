"""The metrics of the ledger: each payment once, when it is made, and each request to a model."""

import json
from typing import Any

import pytest

from lambdas.core.money.budget import Budget
from lambdas.core.money.ledger import CeilingReachedError, Ledger, PaidCall
from tests.support.factories.core import folder, ledger


def call(reserved_usd: float) -> PaidCall:
    return PaidCall("image", "attempt", "some-model", reserved_usd)


def emitted(capsys: pytest.CaptureFixture[str], name: str) -> list[Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line[name][0] for line in lines if name in line]


def test_the_paid_amount_is_emitted_once_and_not_the_reserved_one(capsys: pytest.CaptureFixture[str]) -> None:
    book = ledger()
    first, second = call(0.1), call(0.2)
    book.reserve([first])
    first.cost_usd = 0.04
    book.write()
    book.write()
    book.reserve([second])
    second.cost_usd = 0.01
    book.write()
    assert emitted(capsys, "SpentUsd") == [0.04, 0.01]


def test_a_call_that_cost_nothing_is_not_emitted(capsys: pytest.CaptureFixture[str]) -> None:
    book = ledger()
    throttled = call(0.1)
    book.reserve([throttled])
    throttled.cost_usd = 0.0
    book.write()
    assert emitted(capsys, "SpentUsd") == []


def test_a_step_that_is_invoked_again_emits_only_costs_that_were_not_emitted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    book = ledger()
    settled, lost, after = call(0.1), call(0.2), call(0.1)
    book.reserve([settled])
    settled.cost_usd = 0.04
    book.write()
    book.reserve([lost])
    assert emitted(capsys, "SpentUsd") == [0.04]
    again = Ledger.open(book.folder, book.step, 0.0, 5.0)
    again.reserve([after])
    after.cost_usd = 0.03
    again.write()
    assert emitted(capsys, "SpentUsd") == [0.23]


def test_each_time_a_model_is_asked_is_counted_and_a_ceiling_that_stops_it_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    book = ledger(ceiling_usd=0.3)
    book.reserve([call(0.1), call(0.1)])
    with pytest.raises(CeilingReachedError):
        book.reserve([call(0.2)])
    assert emitted(capsys, "ModelRequests") == [1]


def test_an_item_that_asks_has_not_ended(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "hold", lambda *given: True)
    Ledger.open(folder(), "step", 0.0, 5.0).reserve([call(0.1)])
    assert emitted(capsys, "BatchItemsEnded") == []
    Ledger.open(folder(), "step", 0.0, 5.0, Budget("posters#1", "posters--a", 100.0)).reserve([call(0.1)])
    assert emitted(capsys, "BatchItemsEnded") == [0]
