"""The proof sheet's text: what it says of each run, and that it says it in text and not in markup."""

import re
from typing import Any

import pytest

from lambdas.core.report import render_report
from lambdas.core.report.passage import build_passage, clip
from tests.support.checks.page_text import Page
from tests.support.factories.runs import (
    HOSTILE,
    accepted_run,
    blocked_run,
    exhausted_run,
    failed_run,
    hostile_run,
    long_run,
)
from tests.support.factories.sample_run import SampleRun, night_picture


def test_page_of_an_accepted_run_shows_what_was_asked_what_came_and_what_it_cost() -> None:
    page = Page(accepted_run())
    for said in (
        "Accepted Accepted after 5 attempts and 2 revisions.",
        "Attempts 5 of at most 12",
        "Pictures 8",
        "Cost $0.3378 of at most $5",
        "Time 1 min 22 s",
        "月明かりの夜の海。",
        "Final wording number 3 of 3 A wide night seascape",
        "Not in the picture, final wording second moon, daylight, text",
        "5 of 5 requirements met",
        "drift ice on the sea object · met in 2 of 4 attempts yes: drift ice on the sea",
        "claude_validate_temperature: Claude Haiku 5.5 takes no sampling parameters",
        "Translated into English for the image model; nothing was added.",
        "8 pictures Stable Image Core 1.0 stability.stable-image-core-v1:1 $0.3200",
        "Claude Sonnet 5.5 us.anthropic.claude-sonnet-5-5 $0.0178 Total $0.3378",
    ):
        assert said in page.text


def test_page_of_an_accepted_run_marks_the_chosen_frame_and_no_other() -> None:
    page = Page(accepted_run())
    assert len(page.all("li", class_="frame")) == 5
    assert len(page.all("li", class_="chosen")) == 1
    assert len(page.all("svg", class_="pencil")) == 1
    assert "Attempt 2 ★ Chosen picture 5 of 5 met · accepted" in page.text
    assert page.text.count("★") == 1


def test_page_says_under_each_frame_what_the_judge_missed() -> None:
    text = Page(accepted_run()).text
    assert "Attempt 1 4 of 5 met ✕ drift ice on the sea saw: open water, no ice" in text
    assert "✕ a calm mood nice to have saw: a busy scene" in text


def test_page_marks_what_the_judge_could_not_decide() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)], [{"r3": "no moon", "r4": "too dark to see"}], uncertain=["r4"])
    page = Page(run.end("UNCERTAIN"))
    assert "Uncertain" in page.text
    assert "3 of 5 met ✕ exactly one moon saw: no moon ? drift ice on the sea saw: too dark to see" in page.text
    signs = [sign for sign in page.all("span", class_="sign") if sign.get("aria-label") == "uncertain"]
    # In the verdict, the table and the frame.
    assert len(signs) == 3


@pytest.mark.parametrize("engine", ["bedrock", "stand-in"])
def test_page_says_at_first_sight_when_no_model_made_the_pictures(engine: str) -> None:
    run = SampleRun(engine=engine)
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)], [{}])
    text = Page(run.end("ACCEPTED")).text
    is_stand_in = engine == "stand-in"
    notice = "The stand-in, not Bedrock: nothing was charged; the cost is what Bedrock would have charged."
    assert (notice in text) == is_stand_in
    assert ("On Amazon Bedrock, with Stable Image Core 1.0 and Claude Haiku 5.5." in text) != is_stand_in
    assert ("What Bedrock would have charged" in text) == is_stand_in
    assert ("Bedrock would cost $0.0421" in text) == is_stand_in


def test_page_shows_the_best_candidate_large_and_the_others_small() -> None:
    page = Page(accepted_run())
    assert "Candidate 2 is the best; others: 1 · 3/5 requirements met" in page.text
    assert len(page.all("img")) == 1 + 8


def test_page_of_a_prompt_in_another_language_names_the_language_and_why_it_was_not_drawn() -> None:
    page = Page(accepted_run())
    assert "Not drawn: Stable Image Core 1.0 does not read this language, so nothing was paid for it." in page.text
    assert {found.get("lang") for found in page.all("p", class_="words")} == {"ja", "en", None}


def test_page_of_an_exhausted_run_shows_the_best_and_why_other_frames_are_empty() -> None:
    page = Page(exhausted_run())
    for said in (
        "Not accepted No picture met every requirement",
        "Attempt 1 ★ Best picture 4 of 5 met",
        "Not shown: the file is missing",
        "Not shown: the file cannot be read as a picture",
        "The picture was blocked by a content filter",
        "Attempt 6 Never judged",
        "1 more requirement not met",
    ):
        assert said in page.text
    assert "Chosen" not in page.text


def test_page_links_only_files_that_are_there() -> None:
    history, result = exhausted_run()
    linked = {found["href"] for found in Page((history, result)).all("a")}
    assert linked - {"result.json"} <= set(history.folder.names())
    assert "r00/a01/image-1.png" in linked


def test_page_of_a_blocked_run_has_no_picture_and_says_why() -> None:
    page = Page(blocked_run())
    for said in (
        "Blocked by a content filter",
        "The run made no picture.",
        "The prompt was blocked by a content filter",
    ):
        assert said in page.text
    assert page.all("img") == []


def test_page_of_a_fault_before_the_first_attempt_names_the_error() -> None:
    page = Page(failed_run())
    assert "Ended by a fault" in page.text
    assert "ModelAccessError this role may not call stability.stable-image-core-v1:1 ask an administrator" in page.text
    assert "No attempt was made." in page.text


def test_page_of_a_fault_after_a_picture_shows_it_as_never_judged() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)])
    page = Page(run.end("ERROR", "ModelAnswerError", "no answer"))
    assert "Best picture, never judged" in page.text
    assert "Attempt 1 ★ Best picture Never judged" in page.text
    assert page.text.count("not judged") == 5


def test_page_when_records_are_missing_shows_the_pictures_that_are_there() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)])
    del run.folder.files["r00/a01/attempt.json"], run.folder.files["r00/prompt.json"]
    page = Page(run.end("ERROR", "RecordError", "S3 did not take it"))
    assert len(page.all("img")) == 2
    assert "Its record is missing." in page.text


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("BUDGET_EXCEEDED", "Stopped at the cost ceiling"),
        ("DUPLICATE", "Already run"),
        ("DRY_RUN", "Dry run"),
        ("PAUSED", "PAUSED"),
    ],
)
def test_page_of_any_other_status_says_it(status: str, title: str) -> None:
    history, result = failed_run()
    del result["error"]
    assert Page((history, {**result, "status": status})).text.startswith(f"{title} · night-by-the-sea")


def test_page_of_a_best_effort_says_so() -> None:
    history, result = exhausted_run()
    assert "Best effort" in Page((history, {**result, "status": "BEST_EFFORT", "stopped_by": "EXHAUSTED"})).text


def test_page_shows_every_other_estimate_of_cost_by_its_name() -> None:
    history, result = accepted_run()
    result["cost"]["data_transfer_usd"] = 0.0005
    assert (
        "Not in the total: Step Functions (estimated) $0.0009, Lambda (estimated) $0.0011, Data transfer $0.0005."
        in Page((history, result)).text
    )


def test_page_of_hostile_texts_holds_them_as_text() -> None:
    page, plain = Page(hostile_run()), Page(accepted_run())
    for text in HOSTILE:
        # Prompt, final wordings, requirement, observed, changes, doubts, warnings.
        assert page.text.count(text) >= 6, text
    assert {name for name, _ in page.elements} <= {name for name, _ in plain.elements} | {"details", "summary", "div"}
    attributes = {key for _, found in page.elements for key in found}
    assert attributes <= {key for _, found in plain.elements for key in found}
    assert not {value for found in page.all("p") for value in (found.get("lang"),) if value and "<" in value}


def test_page_may_load_nothing_and_run_nothing() -> None:
    page = Page(accepted_run())
    policy = next(found for found in page.all("meta") if found.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in str(policy["content"])
    assert page.all("script") == []
    assert all(str(found["src"]).startswith("data:image/") for found in page.all("img"))
    assert not re.search(rb"https?://(?!www\.w3\.org/2000/svg)", page.body)


def test_page_of_half_a_surrogate_pair_is_still_utf_8() -> None:
    history, result = failed_run()
    assert "half a pair: ?" in render_report(history, {**result, "message": "half a pair: \ud83d"}).decode()


def test_page_of_a_long_prompt_folds_it_whole() -> None:
    prompt = "gulls " * 3_000 + "and the last word"
    run = SampleRun({"prompt": prompt})
    run.wording(0)
    page = Page(run.end("ERROR", "RecordError", "x"))
    assert "18,017 characters" in page.text
    assert page.text.count("and the last word") == 1
    assert len(page.all("details", class_="words")) == 1


def test_page_of_many_wordings_cuts_them_and_says_where_the_rest_is() -> None:
    run = SampleRun({"prompt": "x" * 50_000, "max_retry_attempts": 1, "max_prompt_revisions": 39})
    for revision in range(40):
        run.wording(revision)
    text = Page(run.end("ERROR", "RecordError", "x")).text
    assert "45,000 more characters in r39/prompt.json" in text


def test_page_of_the_longest_run_with_the_longest_texts_stays_below_10_mb() -> None:
    worst = "<\"'&>" * 100
    requirements: list[dict[str, Any]] = [
        {"id": f"r{place}", "kind": "object", "text": worst, "question": worst, "must": True} for place in range(40)
    ]
    run = SampleRun({"max_retry_attempts": 5, "max_prompt_revisions": 27}, requirements)
    misses = {item["id"]: worst * 4 for item in requirements}
    picture = night_picture(1, side_px=320)
    for revision in range(28):
        run.wording(revision, worst * 20, negative_prompt=worst * 20, changes=worst * 20)
        for attempt in range(1, 6):
            run.attempt(revision, attempt, [picture] * 5, [misses] * 5)
    page = render_report(*run.end("EXHAUSTED"))
    pictures = sum(map(len, re.findall(rb"data:image/[^\"]+", page)))
    # The pictures here are small ones; the most that they may take is tested by itself.
    assert len(page) - pictures < 10_000_000 - 5_000_000
    assert "The run made 700 pictures: only the best candidate of each attempt is shown here." in page.decode()


def test_page_without_time_for_pictures_says_so() -> None:
    text = render_report(*long_run(1, 2, [night_picture(1)]), time_limit_s=-1).decode()
    assert "2 pictures left out, because reading them all would have taken too long." in text
    assert "Left out of this page" in text


def test_passage_knows_its_language_only_from_a_real_tag() -> None:
    assert [build_passage("x", tag).language for tag in ("ja", "zh-Hant-TW", "und", "", 'en"', "e")] == [
        "ja",
        "zh-Hant-TW",
        "",
        "",
        "",
        "",
    ]
    assert clip("a\n b  c" + "d" * 50, 10) == "a b cdddd…"
