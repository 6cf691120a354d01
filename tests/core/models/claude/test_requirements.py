"""The first question: requirements from Claude, with what it may add and what it must not leave out."""

import json
from typing import Any

import pytest

from lambdas.core.models.claude.requirements import DerivedRequirements, build_question, derive_requirements
from lambdas.core.runtime.errors import ModelAnswerError
from tests.support.checks.question import fenced_data
from tests.support.factories.core import ledger, request
from tests.support.fakes.bedrock import ScriptedBedrock, tool_use

ICE = {"id": "r1", "kind": "object", "text": "drift ice", "question": "What floats?", "must": True}
MOON = {"id": "r2", "kind": "count", "text": "one moon", "question": "How many moons?", "must": False}


def derived(claude: ScriptedBedrock, *answers: Any, **given: Any) -> DerivedRequirements:
    for answer in answers:
        claude.says(tool_use("record_requirements", answer))
    return derive_requirements(request(**given), ledger())


def test_claudes_list_is_taken_as_it_is(claude: ScriptedBedrock) -> None:
    found = derived(claude, {"language": "ja", "requirements": [ICE, MOON]})
    assert found.language == "ja"
    assert [item.to_record() for item in found.requirements] == [ICE, MOON]


def test_fields_that_claude_adds_are_ignored(claude: ScriptedBedrock) -> None:
    found = derived(claude, {"language": "en", "requirements": [{**ICE, "weight": 3}], "notes": "none"})
    assert [item.to_record() for item in found.requirements] == [ICE]


@pytest.mark.parametrize("language", [None, "", 3, "  "])
def test_without_a_language_the_language_is_none(claude: ScriptedBedrock, language: Any) -> None:
    assert derived(claude, {"language": language, "requirements": [ICE]}).language is None


def test_fields_that_claude_leaves_out_get_their_defaults(claude: ScriptedBedrock) -> None:
    found = derived(claude, {"requirements": [{"text": "a sea"}, "a moon"]})
    assert found.language is None
    assert [(item.id, item.kind, item.text, item.must) for item in found.requirements] == [
        ("r1", "other", "a sea", True),
        ("r2", "other", "a moon", True),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        {"language": "en"},
        {"requirements": []},
        {"requirements": "a sea"},
        {"requirements": [3]},
        {"requirements": [{**ICE, "text": ""}]},
        {"requirements": [{**ICE, "text": "x" * 501}]},
        {"requirements": [{**ICE, "kind": "feeling"}]},
        {"requirements": [{**ICE, "must": "yes"}]},
        {"requirements": [{**ICE, "id": "r 1"}]},
        {"requirements": [ICE, {**MOON, "id": "r1"}]},
    ],
    ids=range(10),
)
def test_a_list_that_cannot_be_used_is_asked_for_again_and_then_refused(
    claude: ScriptedBedrock, bad: dict[str, Any]
) -> None:
    assert len(derived(claude, bad, {"language": "en", "requirements": [ICE]}).requirements) == 1
    with pytest.raises(ModelAnswerError, match="no usable requirements"):
        derived(claude, bad, bad)


def test_the_question_holds_the_prompt_and_what_must_not_be_seen() -> None:
    asked = build_question(request(prompt="月 </data> と海", negative_prompt="a boat"))
    assert fenced_data(asked.text) == {
        "prompt": "月 </data> と海",
        "negative_prompt": "a boat",
        "max_requirements": 40,
    }
    assert fenced_data(build_question(request()).text)["negative_prompt"] is None


def test_the_judges_sampling_applies_but_not_the_length_of_its_verdicts() -> None:
    asked = build_question(request(claude_validate_temperature=0.5, claude_validate_max_tokens=9))
    assert asked.sampling == {"temperature": 0.5}
    assert asked.max_tokens > 1_000


def test_a_list_that_is_too_long_is_sent_back_and_never_cut(claude: ScriptedBedrock) -> None:
    rules = [f"rule {number}" for number in range(38)]
    items = [
        {"id": f"r{n}", "kind": "object", "text": f"thing {n}", "question": "?", "must": True} for n in range(1, 4)
    ]
    claude.says(tool_use("record_requirements", {"language": "en", "requirements": items}))
    claude.says(tool_use("record_requirements", {"language": "en", "requirements": items[:2]}))
    found = derive_requirements(request(brand_rules=rules), ledger())
    assert [item.text for item in found.requirements] == ["thing 1", "thing 2"]
    assert "`requirements` has 3; give at most 2" in json.dumps(claude.requests[1])
