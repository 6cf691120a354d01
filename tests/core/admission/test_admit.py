"""Admitting a request: its usability is checked once, and passed to the cost estimate."""

import ast
from pathlib import Path

import pytest

from lambdas.core.admission.admit import admit_request, one_attempt_usd
from lambdas.core.admission.dry_run import price_request
from lambdas.core.admission.estimate import estimate
from lambdas.core.batch.price import PriceList
from lambdas.core.runtime.errors import InvalidRequestError
from tests.support.factories.core import ANY_MODEL

ROOT = Path(__file__).parents[3]
CALLERS = {"lambdas/core/request/usable.py", "lambdas/prepare/handler.py"}


@pytest.mark.parametrize(
    ("prompt", "language", "reason"),
    [("a sea", "en", None), ("夜の海", "und", "language"), ("x" * 10_001, "en", "length")],
)
def test_a_request_is_admitted_with_its_usability(prompt: str, language: str, reason: str | None) -> None:
    admitted = admit_request({"prompt": prompt}, ANY_MODEL, "run-1")
    assert admitted.request.prompt == prompt
    assert (admitted.usability.language, admitted.usability.reason) == (language, reason)
    assert admitted.usability.must_revise_first == (reason is not None)


@pytest.mark.parametrize("prompt", ["夜の海", "x" * 10_001])
def test_a_prompt_that_must_be_revised_is_refused_when_no_revision_is_allowed(prompt: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"^prompt: .*max_prompt_revisions of at least 1"):
        admit_request({"prompt": prompt, "max_prompt_revisions": 0}, ANY_MODEL, "run-1")


@pytest.mark.parametrize(
    "prompt",
    [
        'a sign that reads "ラーメン大盛り無料"',
        "a sign that reads ‘ラーメン大盛り無料’",
        "a sign that reads ラーメン大盛り無料",
    ],
)
def test_an_english_prompt_with_a_text_in_another_script_needs_no_revision(prompt: str) -> None:
    admitted = admit_request({"prompt": prompt, "max_prompt_revisions": 0}, ANY_MODEL, "run-1")
    assert (admitted.usability.language, admitted.usability.must_revise_first) == ("en", False)


@pytest.mark.parametrize("prompt", ["a sea", "夜の海"])
def test_a_ceiling_below_one_attempt_is_refused(prompt: str) -> None:
    admitted = admit_request({"prompt": prompt}, ANY_MODEL, "run-1")
    least_usd = one_attempt_usd(admitted.request, admitted.usability.must_revise_first)
    admit_request({"prompt": prompt, "max_cost_usd": least_usd + 1e-4}, ANY_MODEL, "run-1")
    with pytest.raises(InvalidRequestError, match=r"^max_cost_usd: .* is less than one attempt can cost"):
        admit_request({"prompt": prompt, "max_cost_usd": least_usd - 1e-4}, ANY_MODEL, "run-1")


@pytest.mark.parametrize("prompt", ["a sea", "夜の海"])
def test_the_prices_follow_from_the_usability_that_was_found(prompt: str) -> None:
    admitted = admit_request({"prompt": prompt}, ANY_MODEL, "run-1")
    must_revise_first = admitted.usability.must_revise_first
    expected = estimate(admitted.request, must_revise_first)
    assert price_request(admitted, ANY_MODEL)["worst_case_usd"] == expected.worst_case_usd
    assert PriceList().price(admitted)["one_attempt_usd"] >= one_attempt_usd(admitted.request, must_revise_first)


def test_only_the_admission_checks_it_and_prepare_when_claude_finds_another_language() -> None:
    callers = {
        path.relative_to(ROOT).as_posix()
        for room in ("lambdas", "infra", "retake")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check_usability"
    }
    assert callers == CALLERS
