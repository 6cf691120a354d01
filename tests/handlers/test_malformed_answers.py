"""Every fault of an answer of Claude × every question: it is named, retried and counted."""

from collections.abc import Callable
from typing import Any

import pytest

from standin.faults import BODY_FAULTS, REPLY_FAULTS
from standin.wire.http_server import HttpAnswer
from tests.support.harnesses.handler_bench import TRIES, Bench

# The answer is whole but for the number of tokens, so it is used, and counted at its highest cost.
USED_ANYWAY = {"no_usage", "no_input_tokens"}
REFUSED_REPLIES = sorted(BODY_FAULTS | REPLY_FAULTS - USED_ANYWAY)

QUESTIONS: dict[str, tuple[Callable[[Bench], Any], str]] = {
    "requirements": (Bench.derive, "requirements"),
    "verdict": (Bench.validate, "r00-a01-verdict"),
    "prompt": (Bench.revise, "r01-prompt"),
}


def test_every_fault_has_its_place_in_the_matrix() -> None:
    assert USED_ANYWAY < REPLY_FAULTS


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("fault", REFUSED_REPLIES)
@pytest.mark.parametrize("times", [1, 2, None])
def test_an_answer_of_claude_that_cannot_be_read_is_named_retried_and_counted(
    bench: Any, question: str, fault: str, times: int | None
) -> None:
    step, ledger = QUESTIONS[question]
    rule = {"on": question, "fault": fault} | ({"times": times} if times else {})
    ran: Bench = bench(rule)
    answer = ran.retried(step)

    failures = times or TRIES
    assert (answer is None) == (times is None)
    assert [type(error).__name__ for error in ran.errors] == ["ModelAnswerError"] * failures
    for error in ran.errors:
        assert str(error).startswith("us.anthropic.claude-") and len(str(error).splitlines()) == 1
    calls = [call for call in ran.ledger(ledger) if call.purpose == question]
    assert len(calls) == ran.bedrock.calls.count_paid(question) == failures + (times is not None)
    assert all(call.counted_usd == call.reserved_usd for call in calls[:failures])


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("fault", sorted(USED_ANYWAY))
def test_an_answer_without_its_tokens_is_used_and_counted_at_its_highest_cost(
    bench: Any, question: str, fault: str
) -> None:
    step, ledger = QUESTIONS[question]
    ran: Bench = bench({"on": question, "fault": fault})
    assert ran.retried(step) and not ran.errors
    calls = [call for call in ran.ledger(ledger) if call.purpose == question]
    assert len(calls) == 1
    assert calls[0].counted_usd == calls[0].reserved_usd


@pytest.mark.parametrize("fault", sorted({*REFUSED_REPLIES, *USED_ANYWAY}))
def test_a_coverage_check_that_cannot_be_read_costs_its_price_and_not_the_wording(bench: Any, fault: str) -> None:
    ran: Bench = bench({"on": "coverage", "fault": fault})
    assert ran.retried(Bench.revise)["outcome"] == "REVISED"
    assert not ran.errors
    checks = [call for call in ran.ledger("r01-prompt") if call.purpose == "coverage"]
    assert checks
    assert all(call.counted_usd == call.reserved_usd for call in checks)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"x"', b"<html>", b'{"message": null}', b'{"message": 5}', b"\xff", b'{"code": []}']
)
@pytest.mark.parametrize("status", [500, 503, 404])
def test_an_error_whose_body_is_malformed_has_our_name_too(
    bench: Any, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
) -> None:
    ran: Bench = bench()
    assert ran.bedrock._server is not None
    monkeypatch.setattr(ran.bedrock._server, "answer_call", lambda *call: HttpAnswer(status, body))
    for step, names in (
        (Bench.generate, {"ModelUnavailableError"}),
        (Bench.derive, {"ModelUnavailableError", "ModelAnswerError"}),
    ):
        assert ran.retried(step) is None
        assert {type(error).__name__ for error in ran.errors} <= names
        ran.errors.clear()
