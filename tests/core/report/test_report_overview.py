"""The first screen of the proof sheet, its table of requirements and attempts, and its wordings."""

from typing import Any

import pytest

from lambdas.core.run.ending_words import next_step
from tests.support.checks.page_text import Page
from tests.support.factories.runs import accepted_run, blocked_run, exhausted_run, failed_run, long_run
from tests.support.factories.sample_run import SampleRun, night_picture


def test_page_says_when_the_run_started_with_the_zone() -> None:
    page = Page(accepted_run())
    assert "21 November 2026, 06:00 UTC" in page.text
    assert page.all("time") == [{"class": "when", "datetime": "2026-11-21T06:00:00Z"}]


def test_page_of_a_result_without_a_start_shows_no_time() -> None:
    history, result = accepted_run()
    del result["started_at"]
    assert Page((history, result)).all("time") == []


@pytest.mark.parametrize("run", [exhausted_run, blocked_run, failed_run])
def test_page_gives_the_advice_of_the_terminal(run: Any) -> None:
    history, result = run()
    step = next_step(result)
    assert step
    assert f"Next {step[0].upper()}{step[1:]}." in Page((history, result)).text


def test_page_of_an_accepted_run_gives_no_advice() -> None:
    assert Page(accepted_run()).all("p", class_="next") == []


def test_page_names_no_field_of_the_records() -> None:
    text = Page(accepted_run()).text
    assert "_usd" not in text
    assert "score" not in text
    assert "Not in the total: Step Functions (estimated) $0.0009, Lambda (estimated) $0.0011." in text


def test_page_has_a_table_of_requirements_and_attempts() -> None:
    page = Page(accepted_run())
    columns = [found for found in page.all("th", class_="try") if found.get("scope") == "col"]
    assert len(columns) == 4
    assert [found["class"] for found in columns] == ["try", "try", "try", "try chosen"]
    assert (
        "2.1 Wording 2, attempt 1 2.2 Wording 2, attempt 2 3.1 Wording 3, attempt 1 3.2 Wording 3, attempt 2"
        in page.text
    )
    assert len(page.all("td", class_="try")) == 5 * 4
    marks = [found.get("aria-label") for found in page.all("span", class_="sign") if found.get("role") == "img"]
    # Row by row. The frames follow.
    assert marks[:20] == [
        *["met"] * 4,
        *["met", "not met", "met", "met"],
        *["met"] * 4,
        *["not met", "met", "not met", "met"],
        *["met", "met", "not met", "met"],
    ]


def test_page_of_a_run_without_attempts_lists_the_requirements_only() -> None:
    page = Page(failed_run())
    assert page.all("td", class_="try") == []
    assert "it is night" in page.text


def test_page_shows_the_changes_between_wordings_in_one_language() -> None:
    run = SampleRun({"prompt": "A night sea with drift ice", "max_retry_attempts": 1})
    run.wording(0)
    run.wording(1, "A wide night sea with many pieces of drift ice", why="failed")
    page = Page(run.end("EXHAUSTED"))
    assert (len(page.all("ins")), len(page.all("del"))) == (2, 0)
    assert "A wide night sea with many pieces of drift ice" in page.text


def test_page_shows_no_changes_of_a_translation() -> None:
    run = SampleRun({"prompt": "月明かりの夜の海。"}, language="ja")
    run.wording(0, unusable="language")
    run.wording(1, "A moonlit sea at night", why="language")
    page = Page(run.end("EXHAUSTED"))
    assert (page.all("ins"), page.all("del")) == ([], [])
    assert "A moonlit sea at night" in page.text


def test_page_folds_attempts_that_ended_alike_and_keeps_their_pictures() -> None:
    page = Page(long_run(2, 5, [night_picture(1)]))
    assert page.text.count("4 more attempts ended the same way (2 to 5)") == 2
    assert len(page.all("li", class_="alike")) == 2
    assert len(page.all("li", class_="frame")) == 10
    assert len(page.all("img")) == 1 + 10


def test_page_of_a_long_requirement_folds_it() -> None:
    text = "drift ice " * 30
    run = SampleRun(requirements=[{"id": "r1", "kind": "other", "text": text.strip(), "question": "?", "must": True}])
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)], [{"r1": "open water"}])
    page = Page(run.end("EXHAUSTED"))
    assert "All 299 characters" in page.text
    assert text.strip() in page.text
    # The kind says nothing, and neither does the number of attempts of one.
    assert "other" not in page.text
