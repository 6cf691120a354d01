"""The third question: the data that the reviser gets, and the wordings that are accepted from it."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.core.models.claude import coverage
from lambdas.core.models.claude.revision import Revision, _worded, build_question, revise, revision_reason
from lambdas.core.run.history import History, read_history
from lambdas.core.runtime.errors import ModelAnswerError
from tests.support.checks.question import fenced_data
from tests.support.factories.core import TITAN, ledger
from tests.support.factories.sample_run import SampleRun
from tests.support.fakes.bedrock import ScriptedBedrock, tool_use

PICTURE: list[bytes | None] = [b"png"]
WORDING = {
    "revised_prompt": "A night sea with two moons",
    "negative_prompt": "cars, people",
    "changes": "Said how many.",
}


def history(run: SampleRun) -> History:
    found = read_history(run.folder)
    assert found is not None
    return found


def failed_once(**request: Any) -> SampleRun:
    run = SampleRun({"prompt": "a sea at night", **request})
    run.wording(0)
    run.attempt(0, 1, PICTURE, [{"r3": "no moon", "r5": "a storm"}])
    run.attempt(0, 2, PICTURE, [{"r2": "a plain sky", "r3": "two moons", "r4": "open water"}])
    return run


def revised(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch, run: SampleRun, *answers: dict[str, Any]
) -> Revision:
    # The coverage of the wording is a separate question.
    monkeypatch.setattr(coverage, "find_missing", lambda *_: [])
    for answer in answers:
        claude.says(tool_use("record_prompt", answer))
    return revise(history(run), ledger())


def test_the_reviser_gets_the_failed_requirements_of_the_best_picture_and_what_the_judge_saw() -> None:
    data = fenced_data(build_question(history(failed_once(negative_prompt="cars"))).text)
    assert data["original_prompt"] == "a sea at night"
    assert data["original_negative_prompt"] == "cars"
    assert (data["language"], data["why"]) == ("en", "failed")
    # The first attempt was the better one: a wish unmet weighs less than a must.
    assert data["failed"] == [
        {"id": "r3", "text": "exactly one moon", "observed": "no moon"},
        {"id": "r5", "text": "a calm mood", "observed": "a storm"},
    ]
    assert [item["id"] for item in data["keep"]] == ["r1", "r2", "r4"]
    assert data["earlier_wordings"] == []


def test_what_another_candidate_missed_is_not_the_revisers_business() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [b"a", b"b"], [{"r3": "no moon"}, {"r2": "a plain sky", "r3": "two moons"}])
    data = fenced_data(build_question(history(run)).text)
    assert [(item["id"], item["observed"]) for item in data["failed"]] == [("r3", "no moon")]


def test_a_requirement_that_the_judge_could_not_decide_is_uncertain_and_not_failed() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [b"a"], [{"r3": "no moon", "r5": "cannot tell"}], uncertain=["r5"])
    data = fenced_data(build_question(history(run)).text)
    assert [item["id"] for item in data["failed"]] == ["r3"]
    assert data["uncertain"] == [{"id": "r5", "text": "a calm mood", "observed": "cannot tell"}]
    assert [item["id"] for item in data["keep"]] == ["r1", "r2", "r4"]


def test_the_reviser_starts_from_the_users_prompt_and_sees_what_was_tried() -> None:
    run = failed_once()
    run.wording(1, "A sea by night, one moon", negative_prompt="clouds", why="failed")
    run.attempt(1, 1, PICTURE, [{"r3": "no moon"}])
    run.wording(2, "One moon above a sea", why="failed")
    run.attempt(2, 1, [], outcome="BLOCKED_OUTPUT")
    data = fenced_data(build_question(history(run)).text)
    assert data["original_prompt"] == "a sea at night"
    assert data["earlier_wordings"] == [
        {"prompt": "A sea by night, one moon", "negative_prompt": "clouds", "score": 0.8},
        {"prompt": "One moon above a sea", "negative_prompt": None, "score": None},
    ]


@pytest.mark.parametrize(
    ("record", "outcomes", "why"),
    [
        ({"unusable": "language"}, [], "language"),
        ({"unusable": "length"}, [], "length"),
        ({}, ["BLOCKED_PROMPT"], "blocked"),
        ({}, ["PICTURES", "BLOCKED_PROMPT"], "blocked"),
        ({}, ["BLOCKED_OUTPUT"], "failed"),
        ({}, ["BLOCKED_OUTPUT", "PICTURES"], "failed"),
    ],
)
def test_why_a_wording_is_revised(record: dict[str, Any], outcomes: list[str], why: str) -> None:
    run = SampleRun()
    run.wording(0, **record)
    for attempt, outcome in enumerate(outcomes, 1):
        pictures = PICTURE if outcome == "PICTURES" else []
        run.attempt(0, attempt, pictures, [{"r1": "day"}] if pictures else None, outcome=outcome)
    assert revision_reason(history(run).wordings[-1]) == why
    assert fenced_data(build_question(history(run)).text)["why"] == why


def test_before_the_first_picture_there_is_nothing_failed_and_nothing_to_keep() -> None:
    run = SampleRun({"prompt": "夜の海"}, language="ja")
    run.wording(0, unusable="language")
    data = fenced_data(build_question(history(run)).text)
    assert (data["language"], data["failed"], data["keep"]) == ("ja", [], [])


@pytest.mark.parametrize(
    ("model_id", "prompt_chars", "most"),
    [(TITAN, 10, 512), (TITAN, 5_000, 512), (None, 10, 1_000), (None, 3_000, 6_000), (None, 9_000, 10_000)],
)
def test_the_wording_may_grow_within_the_models_limit(model_id: str | None, prompt_chars: int, most: int) -> None:
    asked = {"prompt": "x" * prompt_chars, **({"image_model_id": model_id} if model_id else {})}
    run = SampleRun(asked)
    run.wording(0)
    found = build_question(history(run))
    limits = fenced_data(found.text)["image_model"]
    assert limits == {"language": "en", "max_prompt_chars": most, "max_negative_prompt_chars": most}
    # English makes more than one character of a token, so there is room for both prompts.
    assert found.max_tokens > most


def test_a_wording_is_taken_without_the_blanks_around_it(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {**WORDING, "revised_prompt": "\n A night sea with two moons ", "negative_prompt": " cars, people\n"}
    found = revised(claude, monkeypatch, failed_once(), answer)
    assert (found.prompt, found.negative_prompt, found.changes) == tuple(WORDING.values())


@pytest.mark.parametrize("negative", ["", None, "  "])
def test_an_empty_negative_prompt_is_none(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch, negative: Any
) -> None:
    answer = {"revised_prompt": "A night sea", "negative_prompt": negative}
    assert revised(claude, monkeypatch, failed_once(), answer) == Revision("A night sea", None, "")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"revised_prompt": " "}, "`revised_prompt` must be a text that is not blank"),
        ({"revised_prompt": None}, "`revised_prompt` must be a text that is not blank"),
        ({"revised_prompt": "x" * 513}, "`revised_prompt` has 513 characters; the model takes at most 512"),
        ({"revised_prompt": "夜の海と月"}, "`revised_prompt` is not in the model's language"),
        ({"negative_prompt": ["cars"]}, "`negative_prompt` must be a text"),
        ({"negative_prompt": "x" * 513}, "`negative_prompt` has 513 characters"),
        ({"negative_prompt": "車"}, "`negative_prompt` is not in the model's language"),
        ({"revised_prompt": "a sea at night", "negative_prompt": ""}, "a wording that was tried before"),
        ({"revised_prompt": " One moon ", "negative_prompt": "clouds"}, "a wording that was tried before"),
    ],
)
def test_a_wording_that_cannot_be_used_is_sent_back_and_then_refused(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch, bad: dict[str, Any], said: str
) -> None:
    run = failed_once(image_model_id=TITAN)
    run.wording(1, "One moon", negative_prompt="clouds", why="failed")
    assert revised(claude, monkeypatch, run, {**WORDING, **bad}, WORDING).prompt == WORDING["revised_prompt"]
    assert said in str(claude.requests[1]["messages"][-1])
    with pytest.raises(ModelAnswerError, match="no usable prompt"):
        revised(claude, monkeypatch, run, {**WORDING, **bad}, {**WORDING, **bad})


NEGATED = {**WORDING, "revised_prompt": "A night sea without cars"}


def test_a_wording_that_leaves_a_wish_is_sent_back_once(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = revised(claude, monkeypatch, failed_once(), NEGATED, WORDING)
    assert (found.prompt, found.doubts) == (WORDING["revised_prompt"], None)
    assert "says 'without'" in str(claude.requests[1]["messages"][-1])


@pytest.mark.parametrize(
    ("repair", "taken"),
    [("A night sea, never a car", "A night sea, never a car"), ("", NEGATED["revised_prompt"])],
)
def test_a_wording_that_leaves_a_wish_twice_is_taken_with_it(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch, repair: str, taken: str
) -> None:
    found = revised(claude, monkeypatch, failed_once(), NEGATED, {**WORDING, "revised_prompt": repair})
    assert found.prompt == taken
    assert found.doubts and "`negative_prompt`" in found.doubts


def test_a_requirement_that_is_left_out_is_named_by_its_id_alone(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = failed_once()
    for answer in (WORDING, {**WORDING, "revised_prompt": "A night sea with drift ice"}):
        claude.says(tool_use("record_prompt", answer))
    left_out = iter([[item for item in history(run).requirements if item.id == "r4"], []])
    monkeypatch.setattr(coverage, "find_missing", lambda *_: next(left_out))
    assert revise(history(run), ledger()).doubts is None
    # The text of a requirement is a user's, and stands in the fence only.
    fault = str(claude.requests[1]["messages"][-1])
    assert "does not ask for: r4." in fault and "drift ice" not in fault


def test_an_earlier_prompt_with_another_negative_prompt_is_another_wording(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {**WORDING, "revised_prompt": "a sea at night"}
    assert revised(claude, monkeypatch, failed_once(), answer).negative_prompt == "cars, people"


SIGN = {"prompt": 'a shop at night, its sign reads "ラーメン"'}
KEPT = {**WORDING, "revised_prompt": "A lit shop at night, with a sign that reads “ラーメン”"}
LOST = {**WORDING, "revised_prompt": 'A lit shop at night, with a sign that reads "Ramen"'}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_wording_that_translates_a_text_of_the_picture_is_sent_back_once(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    # In a prompt in another language, only a requirement of the kind text says that a quoted text is to be seen.
    prompt, kind = (SIGN["prompt"], "other") if language == "en" else ("夜の店。看板に「ラーメン」", "text")
    sign = {"id": "r1", "kind": kind, "text": 'the sign reads "ラーメン"', "question": "What is written?", "must": True}
    run = SampleRun({"prompt": prompt}, requirements=[sign])
    run.wording(0, prompt, language=language)
    run.attempt(0, 1, PICTURE, [{"r1": "no sign"}])
    assert revised(claude, monkeypatch, run, LOST, KEPT) == Revision(
        KEPT["revised_prompt"], "cars, people", "Said how many."
    )
    fault = str(claude.requests[1]["messages"][-1])
    assert "`revised_prompt` leaves out words that must be seen" in fault and "ラーメン" not in fault
    twice = revised(claude, monkeypatch, run, LOST, {**LOST, "revised_prompt": "A ramen shop"})
    assert twice.doubts == "the wording does not have the text: ラーメン"


def test_a_text_that_the_content_filter_may_have_refused_may_be_left_out(
    claude: ScriptedBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = SampleRun(SIGN)
    run.wording(0, SIGN["prompt"])
    run.attempt(0, 1, [], outcome="BLOCKED_PROMPT")
    assert revised(claude, monkeypatch, run, LOST).doubts is None


def test_the_reviser_of_an_edit_knows_the_task_and_the_coverage_leaves_out_what_is_about_the_source() -> None:
    run = failed_once()
    assert "task" not in fenced_data(build_question(history(run)).text)
    found = history(run)
    edit = replace(found.request, task_type="SEARCH_RECOLOR", images=("s3://pictures/a.png",), mask_prompt="the car")
    found.request, found.requirements = edit, (*found.requirements, *edit.added_requirements)
    question = build_question(replace(found, wordings=[replace(found.wordings[0], attempts=[])]))
    data = fenced_data(question.text)
    assert (data["task"], data["mask_prompt"]) == ("SEARCH_RECOLOR", "the car")
    assert "SEARCH_RECOLOR" in question.instructions
    asked = [item.id for item in _worded(found)]
    assert asked and not any(name.startswith("task-") for name in asked)
