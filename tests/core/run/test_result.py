"""The result: its status for every ending of the loop, and its content."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.core.run.result import Ending, build_result, execution_error
from tests.support.factories.sample_run import SampleRun

STARTED = datetime(2026, 11, 21, 6, tzinfo=UTC)
PICTURE: list[bytes | None] = [b"png"]
NIGHT = {"r1": "day"}
STEPS: dict[str, tuple[list[bytes | None], list[dict[str, str]] | None, str]] = {
    "good": (PICTURE, [{}], "PICTURES"),
    "poor": (PICTURE, [NIGHT], "PICTURES"),
    "unsure": (PICTURE, [NIGHT], "PICTURES"),
    "unjudged": (PICTURE, None, "PICTURES"),
    "output": ([], None, "BLOCKED_OUTPUT"),
    "prompt": ([], None, "BLOCKED_PROMPT"),
}


def ran(*steps: str, **request: Any) -> SampleRun:
    """Return a run with these attempts; "/" begins another wording."""
    run = SampleRun(request)
    revision, attempt = 0, 0
    run.wording(0)
    for step in steps:
        if step == "/":
            revision, attempt = revision + 1, 0
            run.wording(revision, f"wording {revision}", why="failed")
            continue
        attempt += 1
        bodies, misses, outcome = STEPS[step]
        unsure = NIGHT if step == "unsure" else ()
        run.attempt(revision, attempt, bodies, misses, uncertain=tuple(unsure), outcome=outcome)
    return run


@pytest.mark.parametrize(
    ("steps", "ending", "status", "error", "best"),
    [
        (["good"], "ACCEPTED", "ACCEPTED", None, "r00/a01"),
        (["poor", "/", "good"], "ACCEPTED", "ACCEPTED", None, "r01/a01"),
        (["poor", "poor"], "EXHAUSTED", "EXHAUSTED", "RunExhausted", "r00/a01"),
        (["poor", "output"], "EXHAUSTED", "EXHAUSTED", "RunExhausted", "r00/a01"),
        (["output", "poor"], "EXHAUSTED", "EXHAUSTED", "RunExhausted", "r00/a02"),
        (["output", "/", "output"], "EXHAUSTED", "BLOCKED", "RunBlocked", None),
        (["prompt"], "EXHAUSTED", "BLOCKED", "RunBlocked", None),
        (["prompt", "/", "poor"], "EXHAUSTED", "EXHAUSTED", "RunExhausted", "r01/a01"),
        # The content filter ended this run, not the limit: the blocked prompt had no revision left.
        (["poor", "/", "prompt"], "EXHAUSTED", "BLOCKED", "RunBlocked", "r00/a01"),
        (["unsure", "unsure"], "UNCERTAIN", "UNCERTAIN", "RunUncertain", "r00/a01"),
        # The limits ended these; the best picture is one that only cannot be decided.
        (["unsure"], "EXHAUSTED", "UNCERTAIN", "RunUncertain", "r00/a01"),
        (["poor", "unsure", "poor"], "EXHAUSTED", "UNCERTAIN", "RunUncertain", "r00/a02"),
        (["unsure"], "BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BudgetExceeded", "r00/a01"),
        ([], "BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BudgetExceeded", None),
        (["poor", "unjudged"], "BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BudgetExceeded", "r00/a01"),
        (["unjudged"], "BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BudgetExceeded", "r00/a01"),
        (["output"], "BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BudgetExceeded", None),
        (["unjudged"], "ERROR", "ERROR", "ModelAnswerError", "r00/a01"),
        ([], "ERROR", "ERROR", "ModelAnswerError", None),
    ],
)
def test_the_status_and_the_error_follow_from_the_ending_and_the_records(
    steps: list[str], ending: str, status: str, error: str | None, best: str | None
) -> None:
    _, result = ran(*steps).end(ending, "ModelAnswerError" if ending == "ERROR" else None)
    assert (result["status"], execution_error(result)) == (status, error)
    assert "stopped_by" not in result
    assert (result["image"] and result["image"]["key"]) == (
        f"generated-images/night-by-the-sea/{best}/image-1.png" if best else None
    )


@pytest.mark.parametrize(
    ("steps", "ending", "status", "stopped_by"),
    [
        (["poor"], "EXHAUSTED", "BEST_EFFORT", "EXHAUSTED"),
        (["poor", "/", "prompt"], "EXHAUSTED", "BEST_EFFORT", "BLOCKED"),
        (["poor"], "BUDGET_EXCEEDED", "BEST_EFFORT", "BUDGET_EXCEEDED"),
        (["output"], "EXHAUSTED", "BLOCKED", None),
        ([], "BUDGET_EXCEEDED", "BUDGET_EXCEEDED", None),
        (["good"], "ACCEPTED", "ACCEPTED", None),
        # A fault is never hidden.
        (["poor"], "ERROR", "ERROR", None),
    ],
)
def test_return_best_succeeds_when_there_is_a_picture_and_keeps_the_reason(
    steps: list[str], ending: str, status: str, stopped_by: str | None
) -> None:
    _, result = ran(*steps, on_not_accepted="return_best").end(ending, "SomeError" if ending == "ERROR" else None)
    assert (result["status"], result.get("stopped_by")) == (status, stopped_by)
    assert (execution_error(result) is None) is (status in ("BEST_EFFORT", "ACCEPTED"))


def test_a_result_describes_the_whole_run() -> None:
    run = ran("poor", "output", "/", "poor", "/", "good", negative_prompt="cars", titan_img_number_of_images=1)
    _, result = run.end("ACCEPTED")
    folder = "s3://pictures/generated-images/night-by-the-sea"
    seed = result["image"].pop("seed")
    assert isinstance(seed, int)
    key = "generated-images/night-by-the-sea/r02/a01/image-1.png"
    assert result.pop("image") == {
        "bucket": "pictures",
        "key": key,
        "s3_uri": f"s3://pictures/{key}",
        "width": 512,
        "height": 512,
        "sha256": "0" * 64,
    }
    checks = result["verdict"].pop("checks")
    assert [(check["id"], check["met"]) for check in checks] == [(f"r{place}", True) for place in range(1, 6)]
    assert set(checks[0]) == {"id", "text", "observed", "met", "certain"}
    assert all(check["text"] for check in checks)
    assert result.pop("verdict") == {"result": "YES", "reason": "Seen from the picture alone.", "score": 1.0}
    # 31 transitions at $0.025 a thousand; 82 s of 1 GB at $0.0000133334, and 12 requests at $0.20 a million.
    platform = {"estimated_step_functions_usd": 0.000775, "estimated_lambda_usd": 0.001096}
    assert result.pop("cost") == {"total_usd": 0.1357, "image_usd": 0.12, "claude_usd": 0.0157, **platform}
    message = result.pop("message")
    assert "4 attempts" in message and "2 revisions" in message
    known = {
        "status": "ACCEPTED",
        "run_id": "night-by-the-sea",
        "prompt": run.asked.prompt,
        "final_prompt": "wording 2",
        "negative_prompt": "cars",
        "attempts": 4,
        "images": 3,
        "revisions": 2,
        "warnings": [],
        "image_model_id": run.asked.image_model_id,
        "validate_model_id": run.asked.validate_model_id,
        "revise_model_id": run.asked.revise_model_id,
        "started_at": "2026-11-21T06:00:00Z",
        "duration_s": 82.0,
        "output_s3_bucket_url": "https://pictures.s3.us-west-2.amazonaws.com/",
        "output_s3_object_url": f"https://pictures.s3.us-west-2.amazonaws.com/{key}",
        "report_s3_uri": f"{folder}/report.html",
        "result_s3_uri": f"{folder}/result.json",
    }
    assert {name: result.get(name) for name in known} == known


def test_the_verdict_has_only_the_checks_of_the_best_candidate() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [b"a", b"b"], [{"r1": "day", "r2": "none"}, {"r3": "two moons"}])
    _, result = run.end("EXHAUSTED")
    assert result["image"]["key"].endswith("r00/a01/image-2.png")
    assert [check["observed"] for check in result["verdict"]["checks"] if not check["met"]] == ["two moons"]


def test_the_final_prompt_is_that_of_the_best_picture_or_the_last_one_without_a_picture() -> None:
    _, result = ran("poor", "/", "output").end("EXHAUSTED")
    assert result["final_prompt"] == result["prompt"]
    _, result = ran("output", "/", "output").end("EXHAUSTED")
    assert result["final_prompt"] == "wording 1"


def test_a_picture_that_was_never_judged_has_no_verdict() -> None:
    _, result = ran("unjudged").end("ERROR", "ModelThrottledError", "slow down")
    assert result["verdict"] is None and result["image"]
    assert (result["error"], result["message"]) == ("ModelThrottledError", "slow down")


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (Ending("DUPLICATE"), None),
        (Ending("DRY_RUN"), None),
        (Ending("ERROR", "InvalidRequestError", "prompt: …"), "x"),
    ],
)
def test_a_run_without_records_has_a_result_too(ending: Ending, error: str | None) -> None:
    result = build_result(None, "run-1", ending, STARTED, STARTED + timedelta(seconds=1.5))
    assert (result["status"], result["run_id"], result["duration_s"]) == (ending.status, "run-1", 1.5)
    assert (result["attempts"], result["images"], result["revisions"]) == (0, 0, 0)
    paid = {name: result["cost"][name] for name in ("total_usd", "image_usd", "claude_usd")}
    assert paid == {"total_usd": 0.0, "image_usd": 0.0, "claude_usd": 0.0}
    assert result["cost"]["estimated_step_functions_usd"] == 0.000125
    assert result["message"] and result["image"] is None and result["verdict"] is None
    assert execution_error(result) == (error and "InvalidRequestError")


def test_a_run_that_failed_in_prepare_gets_its_id_from_its_folder() -> None:
    run = SampleRun()
    history, _ = run.end("ERROR", "ModelThrottledError")
    result = build_result(history, None, Ending("ERROR", "ModelThrottledError"), STARTED, STARTED)
    assert result["run_id"] == "night-by-the-sea"


def test_addresses_are_quoted_whatever_the_name_of_the_folder() -> None:
    run = ran("poor", output_s3_key_prefix="täglich/Bild 1")
    run.folder = type(run.folder)("pictures", "täglich/Bild 1", "run-1", run.folder.files)
    _, result = run.end("EXHAUSTED")
    assert result["output_s3_object_url"].endswith("/t%C3%A4glich/Bild%201/run-1/r00/a01/image-1.png")
    assert result["image"]["key"] == "täglich/Bild 1/run-1/r00/a01/image-1.png"
