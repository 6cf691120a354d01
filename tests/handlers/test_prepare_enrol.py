"""Enrolling a run: which execution has the folder, when a run may be resumed, and the warnings."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lambdas.core.admission.warnings import warnings_about
from lambdas.core.request.content import content_sha256
from lambdas.core.request.trigger import Trigger
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.prepare.enrol import enrol, is_claimed_by_another
from lambdas.prepare.handler import handler
from tests.support.factories.core import TITAN, folder, request
from tests.support.fakes.lambda_context import LambdaContext
from tests.support.fakes.memory_folder import MemoryFolder

NOVEMBER = date(2026, 11, 21)


def test_the_first_execution_keeps_the_run_also_when_prepare_is_invoked_again() -> None:
    place = MemoryFolder("pictures", "runs", "daily-1")
    assert [is_claimed_by_another(place, name) for name in ("e1", "e2", "e1", "e2")] == [False, True, False, True]


def test_the_record_has_everything_that_later_steps_need() -> None:
    place, asked = folder(), request(requirements=["two cups"], claude_revise_top_k=5)
    enrol(place, asked, "e1")
    record = place.require_json("request.json")
    assert record["execution"] == "e1"
    assert type(asked).from_record(record["request"]) == asked
    assert record["warnings"] == ["claude_revise_top_k was left out: Claude Sonnet 5.5 has no such parameter"]


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"max_retry_attempts": 9},
        {"max_prompt_revisions": 0},
        {"max_cost_usd": 1.0},
        {"on_not_accepted": "return_best"},
        {"trigger": Trigger(schedule="daily", time="2026-11-21T06:00:00Z")},
    ],
)
def test_the_same_request_may_be_resumed_with_other_limits(later: dict[str, Any]) -> None:
    place, asked = folder(), request()
    enrol(place, asked, "e1")
    resumed = replace(asked, **later)
    enrol(place, resumed, "e2")
    record = place.require_json("request.json")
    assert record["execution"] == "e2"
    assert type(asked).from_record(record["request"]) == resumed


@pytest.mark.parametrize(
    "other",
    [
        {"prompt": "another sea"},
        {"negative_prompt": "cars"},
        {"image_model_id": TITAN},
        {"titan_img_seed": 1},
        {"requirements": ["two cups"]},
        {"claude_validate_max_tokens": 900},
    ],
)
def test_a_run_id_of_another_request_is_refused_and_its_folder_is_unchanged(other: dict[str, Any]) -> None:
    place = folder()
    enrol(place, request(), "e1")
    before = dict(place.files)
    with pytest.raises(InvalidRequestError, match="^run_id: 'run-1' already belongs to a run with another request; "):
        enrol(place, request(**other), "e2")
    assert place.files == before


def test_the_content_of_a_request_does_not_depend_on_how_it_was_started() -> None:
    plain = content_sha256(request())
    assert plain == content_sha256(request(run_id="another")) != content_sha256(request(prompt="another"))


def test_a_second_invocation_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder()
    enrol(place, request(), "e1")
    monkeypatch.setattr(MemoryFolder, "write", None)
    enrol(place, request(), "e1")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, []),
        ({"titan_img_width": 1024, "titan_img_height": 1024}, []),
        ({"titan_img_width": 1920, "titan_img_height": 1080}, ["1920x1080 became the aspect ratio 16:9"]),
        (
            {"image_model_id": TITAN, "titan_img_width": 768, "titan_img_height": 1152},
            [f"{TITAN} reached its end of life"],
        ),
        ({"claude_validate_temperature": 0.5}, ["claude_validate_temperature was left out"]),
        (
            {"revise_model_id": "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude_revise_temperature": 0.5},
            ["us.anthropic.claude-sonnet-4-5-20250929-v1:0 is Legacy"],
        ),
        ({"negative_prompt": "cars"}, []),
        (
            {"negative_prompt": "cars", "requirements": ["a house"]},
            ["negative_prompt: the given requirements replace the derived ones"],
        ),
        ({"requirements": [{"text": "a house", "must": False}]}, ["requirements: none of them is a must"]),
        (
            {"titan_img_cfg_scale": 10.0},
            ["titan_img_cfg_scale was left out: Stable Image Core 1.0 has no such parameter"],
        ),
        (
            {f"claude_{role}_{name}": 0.5 for role in ("validate", "revise") for name in ("temperature", "top_p")},
            [
                "claude_validate_temperature, claude_validate_top_p were left out: Claude Haiku 5.5 has no such parameter",
                "claude_revise_temperature, claude_revise_top_p were left out: Claude Sonnet 5.5 has no such parameter",
            ],
        ),
        ({"titan_img_quality": "premium"}, ["titan_img_quality was left out: Stable Image Core 1.0 has no such"]),
        (
            {"image_model_id": TITAN, "titan_img_cfg_scale": 10.0, "titan_img_quality": "standard"},
            [f"{TITAN} reached its end of life"],
        ),
        # A model in two roles gives one warning.
        (
            dict.fromkeys(("validate_model_id", "revise_model_id"), "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            ["us.anthropic.claude-sonnet-4-5-20250929-v1:0 is Legacy"],
        ),
    ],
)
def test_differences_from_the_request_give_warnings(given: dict[str, Any], named: list[str]) -> None:
    warnings = warnings_about(request(**given), NOVEMBER)
    assert len(warnings) == len(named)
    assert all(words in warning for words, warning in zip(named, warnings, strict=True))


@pytest.mark.parametrize(("revisions", "wordings"), [(0, "0 allow 1 wording"), (3, "3 allow 4 wordings")])
def test_a_given_number_of_revisions_gets_one_line_that_says_what_it_counts(revisions: int, wordings: str) -> None:
    asked = request(max_prompt_revisions=revisions)
    assert warnings_about(asked, NOVEMBER) == []
    said = warnings_about(asked, NOVEMBER, given={"prompt": "a", "max_prompt_revisions": asked.max_prompt_revisions})
    assert said == [f"max_prompt_revisions counts rewrites: {wordings}"]


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ({"event": {"prompt": "a cup"}}, "execution: has no name; start the state machine"),
        ({"event": {"prompt": "a cup"}, "execution": {"name": 5}}, "execution: has no name"),
        ({"execution": {"name": "x", "started_at": "2026-11-21T06:00:00Z"}}, "event: is missing"),
    ],
)
def test_prepare_when_it_is_invoked_alone_then_the_fault_names_what_is_missing(event: Any, fault: str) -> None:
    with pytest.raises(InvalidRequestError, match=fault):
        handler(event, LambdaContext())
