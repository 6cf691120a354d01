"""Every attack in every place of every question stays inside the one data fence, outside the instructions."""

import json

import pytest

from lambdas.core.models.claude import coverage, requirements, revision
from lambdas.core.models.claude.picture import JudgedPicture
from lambdas.core.models.claude.verdict import judge
from lambdas.core.request.requirement import MAX_REQUIREMENTS, Requirement
from lambdas.core.run.history import History, read_history
from tests.support.cases.attacks import TEXTS, Attack
from tests.support.checks.question import check_question
from tests.support.factories.core import ledger, request
from tests.support.factories.sample_run import SampleRun
from tests.support.fakes.claude import ScriptedClaude

PICTURE = JudgedPicture(b"png", "png", 64, 64)
DERIVED = {"language": "en", "requirements": [{"id": "r1", "kind": "object", "text": "a sea", "question": "?"}]}
SHORT = [attack for attack in TEXTS if len(attack.text) <= 500]
"""A requirement has at most 500 characters; longer ones are refused (test_event)."""
EACH = pytest.mark.parametrize("attack", TEXTS, ids=lambda attack: attack.name)
EACH_SHORT = pytest.mark.parametrize("attack", SHORT, ids=lambda attack: attack.name)


@EACH
def test_in_the_prompt_when_requirements_are_derived(claude: ScriptedClaude, attack: Attack) -> None:
    asked = request(prompt=attack.text, **_negative(attack))
    claude.calls("record_requirements", DERIVED)
    requirements.derive_requirements(asked, ledger())
    data = check_question(claude.sent[0], "requirements", [attack.text])
    assert data == {
        "prompt": attack.text,
        "negative_prompt": asked.negative_prompt,
        "max_requirements": MAX_REQUIREMENTS,
    }


@EACH_SHORT
def test_in_a_requirement_and_a_brand_rule_before_the_judge(claude: ScriptedClaude, attack: Attack) -> None:
    asked = request(
        prompt="secret-words-of-the-prompt",
        negative_prompt="secret-words-of-the-negative-prompt",
        requirements=[{"text": attack.text, "question": attack.text}],
        brand_rules=[{"text": f"brand: {attack.text[:490]}", "question": attack.text}],
    )
    listed = (*(asked.requirements or ()), *asked.brand_rules)
    checks = [{"id": item.id, "candidate": 1, "observed": attack.text, "met": False} for item in listed]
    # The first answer lacks a check and is sent back: what is said then must not repeat a text either.
    claude.calls("record_verdict", {"checks": checks[:1], "reason": attack.text})
    claude.calls("record_verdict", {"checks": checks, "reason": attack.text})
    judge(asked, listed, (PICTURE,), ledger())

    for body in claude.sent:
        data = check_question(body, "verdict", [attack.text, f"brand: {attack.text[:490]}"])
        assert [list(item) for item in data["requirements"]] == [["id", "question", "text"]] * 2
        assert b"secret-words" not in body, "the judge saw the prompt"
    assert (
        "each of: b1 of candidate 1"
        in json.loads(claude.sent[1])["messages"][2]["content"][0]["toolResult"]["content"][0]["text"]
    )


@EACH
def test_in_everything_that_the_reviser_is_shown(claude: ScriptedClaude, attack: Attack) -> None:
    claude.calls("record_prompt", {"revised_prompt": "A wide sea", "negative_prompt": "", "changes": attack.text})
    claude.calls("record_coverage", {"missing": []})
    revision.revise(_history(attack), ledger())

    data = check_question(claude.sent[0], "prompt", [attack.text])
    assert data["original_prompt"] == attack.text
    assert data["original_negative_prompt"] == attack.text
    assert data["failed"] == [{"id": "r1", "text": attack.text, "observed": attack.text}]
    assert data["keep"] == [{"id": "r2", "text": f"keep: {attack.text}"}]
    assert data["earlier_wordings"] == [
        {"prompt": f"earlier: {attack.text}", "negative_prompt": attack.text, "score": 0.5}
    ]
    check_question(claude.sent[1], "coverage", [attack.text, f"keep: {attack.text}"])


@EACH
def test_in_a_wording_and_a_requirement_that_it_does_not_cover(claude: ScriptedClaude, attack: Attack) -> None:
    worded = {"revised_prompt": "A wide sea", "negative_prompt": "", "changes": ""}
    for _ in range(2):
        claude.calls("record_prompt", worded)
        claude.calls("record_coverage", {"missing": ["r2", "r1", attack.text]})
    found = revision.revise(_history(attack), ledger())

    # The requirement's own words are for people; Claude has them in the fence already.
    assert found.doubts == f"the wording does not ask for: {attack.text}; keep: {attack.text}"
    check_question(claude.sent[2], "prompt", [attack.text])
    said = json.loads(claude.sent[2])["messages"][2]["content"][0]["toolResult"]["content"][0]["text"]
    assert "does not ask for: r1, r2." in said


@EACH
def test_before_a_picture_was_judged_the_reviser_sees_every_requirement_as_data(attack: Attack) -> None:
    run = SampleRun({"prompt": attack.text}, requirements=[_item("r1", attack.text)])
    run.wording(0, unusable="language")
    asked = revision.build_question(_read(run))
    assert json.loads(asked.text[7:-8])["not_judged"] == [{"id": "r1", "text": attack.text}]


@EACH
def test_in_the_wording_whose_coverage_is_asked_for(claude: ScriptedClaude, attack: Attack) -> None:
    claude.calls("record_coverage", {"missing": []})
    coverage.find_missing(request(), attack.text, attack.text, (Requirement("r1", attack.text),), ledger())
    data = check_question(claude.sent[0], "coverage", [attack.text])
    assert (data["prompt"], data["negative_prompt"]) == (attack.text, attack.text)


def _negative(attack: Attack) -> dict[str, str]:
    return {"negative_prompt": attack.text} if len(attack.text) <= 10_000 else {}


def _item(name: str, text: str) -> dict[str, object]:
    return {"id": name, "kind": "object", "text": text, "question": text, "must": True}


def _read(run: SampleRun) -> History:
    history = read_history(run.folder)
    assert history is not None
    return history


def _history(attack: Attack) -> History:
    """A run whose every text is the attack's, after one revision."""
    text = attack.text
    run = SampleRun(
        {"prompt": text, "negative_prompt": text}, requirements=[_item("r1", text), _item("r2", f"keep: {text}")]
    )
    run.wording(0)
    run.attempt(0, 1, [b"png"], [{"r1": text}])
    run.wording(1, f"earlier: {text}", negative_prompt=text, why="failed", changes=text, doubts=text)
    run.attempt(1, 1, [b"png"], [{"r1": text}])
    return _read(run)
