"""The words about a run's ending: what to do next, and who answered."""

from typing import Any

import pytest

from lambdas.core.run.ending_words import engine_notice, next_step
from lambdas.core.run.statuses import STATUSES

AGAIN = "start again with --run-id night-1 (a field of the event, too); what was kept is reused"


def result(status: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "run_id": "night-1", **more}


@pytest.mark.parametrize("status", STATUSES)
def test_next_step_of_every_status_is_advice_or_nothing(status: str) -> None:
    step = next_step(result(status))
    assert (step is None) == (status in {"ACCEPTED", "BEST_EFFORT", "DRY_RUN", "DUPLICATE"})
    assert step is None or ("{" not in step and not step.endswith("."))


def test_next_step_of_a_run_that_can_resume_names_its_run_id() -> None:
    assert next_step(result("ERROR", error="ModelAccessError")) == AGAIN
    assert next_step(result("EXHAUSTED")) == f"raise max_retry_attempts or max_prompt_revisions and {AGAIN}"
    assert "RETAKE_MAX_COST_USD_PER_RUN" in str(next_step(result("BUDGET_EXCEEDED")))


def test_next_step_of_a_best_effort_follows_from_what_stopped_it() -> None:
    assert next_step(result("BEST_EFFORT", stopped_by="EXHAUSTED")) == next_step(result("EXHAUSTED"))


def test_next_step_of_a_refused_request_is_in_its_message() -> None:
    assert next_step(result("ERROR", error="InvalidRequestError")) is None


def test_engine_notice_is_given_for_the_stand_in_only() -> None:
    assert str(engine_notice({"engine": "stand-in"})).startswith("the stand-in, not Bedrock: nothing was charged")
    assert [engine_notice(one) for one in ({"engine": "bedrock"}, {"engine": None}, {})] == [None, None, None]


@pytest.mark.parametrize("status", ["UNCERTAIN", "EXHAUSTED"])
def test_next_step_of_a_prompt_that_the_stand_in_does_not_know_is_real_models(status: str) -> None:
    observed = [*(f"does not know 'dragon {number}'" for number in range(4)), "one circle"]
    checks = [{"observed": text, "met": False, "certain": text == "one circle"} for text in [*observed, observed[0]]]
    verdict = {"checks": checks}

    step = str(next_step(result(status, engine="stand-in", verdict=verdict)))

    assert step.startswith(
        "use real models (--bedrock aws, or a deployed stack): the stand-in does not know 'dragon 0'; "
    )
    assert "does not know 'dragon 2'; 1 more, so higher limits cannot help" in step
    assert "one circle" not in step
    assert next_step(result(status, engine="bedrock", verdict=verdict)) == next_step(result(status))
    assert next_step(result(status, engine="stand-in", verdict={"checks": checks[4:5]})) == next_step(result(status))


def test_next_step_quotes_little_of_what_the_judge_said() -> None:
    checks = [
        {"observed": f"does not know\n{'gulls ' * 100}{number}", "met": False, "certain": False} for number in "ab"
    ]
    step = str(next_step(result("UNCERTAIN", engine="stand-in", verdict={"checks": checks})))
    assert "the stand-in does not know gulls gulls" in step
    assert step.count("…") == 1
    assert len(step) < 250
