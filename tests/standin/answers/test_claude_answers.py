"""The stand-in's Claude: requirements and revisions, over the wire."""

from typing import Any

import pytest

from standin.answers.content_filter import STUBBORN_WORD, is_blocked
from standin.answers.coverage import coverage
from standin.answers.requirements import derive
from standin.answers.reviser import revise
from tests.support.standin_wire import SONNET, ask, data_block, tool_config, tool_input

KINDS = {"object", "count", "color", "position", "text", "style", "setting", "absence", "other"}
ICE_SEA = "流氷の浮かぶ海の上にオーロラと満月、右側に雪山"


def revised(prompt: str, why: str = "failed", failed: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """A revision of a prompt after some requirements failed."""
    data = {
        "original_prompt": prompt,
        "language": derive({"prompt": prompt})["language"],
        "why": why,
        "failed": [{"id": f"r{n}", "text": text, "observed": "something else"} for n, text in enumerate(failed)],
        "keep": [],
        "earlier_wordings": [],
        "image_model": {"language": "en", "max_prompt_chars": 512, "max_negative_prompt_chars": 512},
    }
    return revise(data | more)


def texts(prompt: str, negative: str | None = None) -> list[str]:
    """The texts of a prompt's requirements."""
    return [one["text"] for one in derive({"prompt": prompt, "negative_prompt": negative})["requirements"]]


def test_requirements_come_through_converse_one_thing_each(runtime: Any) -> None:
    answer = tool_input(ask(runtime, "record_requirements", {"prompt": ICE_SEA, "negative_prompt": None}))
    assert answer["language"] == "ja"
    assert [(one["id"], one["kind"], one["text"]) for one in answer["requirements"]] == [
        ("r1", "object", "drift ice on the sea"),
        ("r2", "setting", "the sea"),
        ("r3", "object", "an aurora"),
        ("r4", "object", "a full moon"),
        ("r5", "object", "a snowy mountain"),
        ("r6", "position", "the snowy mountain is on the right side"),
    ]
    assert all(one["question"].endswith("?") and one["must"] is True for one in answer["requirements"])


def test_requirements_have_known_kinds_and_neutral_questions() -> None:
    prompt = (
        'exactly three red circles left of a blue square, a red house, a sign that says "OPEN", no people, a night sky'
    )
    found = derive({"prompt": prompt, "negative_prompt": "cars"})["requirements"]
    assert {one["kind"] for one in found} <= KINDS
    by_text = {one["text"]: one for one in found}
    assert by_text["exactly three red circles"]["kind"] == "count"
    assert by_text["a red house"]["kind"] == "color"
    assert by_text['a sign that says "OPEN"']["kind"] == "text"
    assert by_text["no cars"]["kind"] == by_text["no people"]["kind"] == "absence"
    assert "three" not in by_text["exactly three red circles"]["question"]
    assert "OPEN" not in by_text['a sign that says "OPEN"']["question"]


def test_requirements_when_nothing_is_known_then_one_of_kind_other() -> None:
    assert derive({"prompt": "a photo of a wooden rocking horse, studio light", "negative_prompt": None}) == {
        "language": "en",
        "requirements": [
            {
                "id": "r1",
                "kind": "other",
                "text": "a photo of a wooden rocking horse, studio light",
                "question": "What does the picture show?",
                "must": True,
            }
        ],
    }


def test_requirements_when_some_is_unknown_then_only_the_known_is_kept() -> None:
    assert texts("a wooden rocking horse under a full moon") == ["a full moon"]


def test_requirements_when_ruled_out_twice_or_asked_for_then_once() -> None:
    assert texts("a lake, no people", "people, birds") == ["a lake", "no people", "no birds"]
    assert texts("a person by a lake", "people") == ["a person", "a lake"]


def test_requirements_when_a_thing_includes_another_then_once() -> None:
    assert texts("a full moon. The moon is white.") == ["a full moon"]


def test_requirements_when_very_many_then_at_most_forty() -> None:
    shapes = ("circles", "squares", "hearts", "cups", "apples", "diamonds", "triangles")
    prompt = ", ".join(
        f"two {colour} {shape}" for colour in ("red", "blue", "green", "pink", "black") for shape in shapes
    )
    prompt += ", the sea, a lake, a river, the sun, a rainbow, a bridge, a lighthouse"
    assert len(texts(prompt)) == 40


@pytest.mark.parametrize(
    ("prompt", "english", "negative"),
    [
        (ICE_SEA, "Drift ice on the sea, an aurora, a full moon, a snowy mountain on the right side", ""),
        ("Ein rotes Haus am See, ohne Autos", "A red house, a lake", "cars"),
        ("Deux cœurs roses et un lac", "Two pink hearts, a lake", ""),
        ("Un faro junto al mar, sin personas", "A lighthouse, the sea", "people"),
        ("月亮和湖，没有车", "The moon, a lake", "cars"),
    ],
)
def test_revision_puts_the_prompt_into_english(prompt: str, english: str, negative: str) -> None:
    answer = revised(prompt, "language")
    assert (answer["revised_prompt"], answer["negative_prompt"]) == (english, negative)
    assert "English" in answer["changes"]


def test_revision_says_what_failed_first_and_plainly_and_keeps_the_rest() -> None:
    answer = revised(ICE_SEA, failed=("an aurora", "the snowy mountain is on the right side"))
    assert answer["revised_prompt"] == (
        "A large and clearly visible aurora, a large and clearly visible snowy mountain on the right side, "
        "drift ice on the sea, a full moon"
    )


def test_revision_mends_a_relation_by_saying_where_each_stands() -> None:
    prompt = "three red circles left of a blue square"
    answer = revised(prompt, failed=("the red circles are to the left of the blue square",))
    assert answer["revised_prompt"] == (
        "Exactly three large and clearly visible red circles on the left side, "
        "a large and clearly visible blue square on the right side. Three red circles left of a blue square"
    )


def test_revision_keeps_the_english_words_it_does_not_know() -> None:
    answer = revised("A melancholic cat by a lake at dusk", failed=("a lake",))
    assert answer["revised_prompt"].endswith("A melancholic cat by a lake at dusk")


def test_revision_never_negates_and_moves_absences_to_the_negative_prompt() -> None:
    answer = revised("A beach, no people or cars", failed=("no people",), original_negative_prompt="birds")
    assert answer["revised_prompt"] == "A beach"
    assert answer["negative_prompt"] == "people, cars, birds"


def test_revision_is_never_one_that_was_tried() -> None:
    tried: list[dict[str, Any]] = []
    for _ in range(4):
        answer = revised("a red circle", earlier_wordings=list(tried))
        assert answer["revised_prompt"] not in [wording["prompt"] for wording in tried]
        assert "red circle" in answer["revised_prompt"].lower()
        tried.append({"prompt": answer["revised_prompt"], "negative_prompt": "", "score": 0.0})


@pytest.mark.parametrize(
    "prompt", ["a red circle " * 60, "x" * 2000, "melancholy " * 100, "，".join(["満月と雪山"] * 200)]
)
def test_revision_keeps_within_the_models_length(prompt: str) -> None:
    answer = revised(prompt, "length")
    assert 0 < len(answer["revised_prompt"]) <= 512
    short = revised(prompt, "length", image_model={"max_prompt_chars": 40, "max_negative_prompt_chars": 5})
    assert 0 < len(short["revised_prompt"]) <= 40
    assert len(short["negative_prompt"]) <= 5


def test_revision_when_blocked_then_the_words_are_taken_out_but_for_the_stubborn_one() -> None:
    assert not is_blocked(revised("A gory, naked battlefield under a red sky", "blocked")["revised_prompt"])
    # A later revision starts from the original again, and must not bring them back.
    assert not is_blocked(revised("A gory lake", failed=("a lake",))["revised_prompt"])
    assert is_blocked(revised(f"An {STUBBORN_WORD} forbidden lake", "blocked")["revised_prompt"])


def test_revision_when_nothing_can_be_translated_then_something_english_all_the_same() -> None:
    answer = revised("木製の揺り木馬", "language")
    assert answer["revised_prompt"].isascii()
    assert "nothing" in answer["changes"]


def test_question_is_found_in_the_first_turn_of_a_repair(runtime: Any) -> None:
    data = {"prompt": "a red circle", "negative_prompt": None}
    messages = [
        {"role": "user", "content": [data_block(data)]},
        {"role": "assistant", "content": [{"text": "Sure!"}]},
        {"role": "user", "content": [{"text": "That was no call of record_requirements."}]},
    ]
    config = tool_config("record_requirements", choice={"auto": {}})
    answer = ask(runtime, "record_requirements", data, modelId=SONNET, messages=messages, toolConfig=config)
    assert tool_input(answer)["requirements"][0]["text"] == "a red circle"


def test_coverage_names_what_a_wording_leaves_out() -> None:
    requirements = [
        {"id": "r1", "text": "exactly three red circles"},
        {"id": "r2", "text": "a full moon"},
        {"id": "r3", "text": "no people"},
        {"id": "r4", "text": "a melancholic mood"},
    ]

    def missing(prompt: str, negative: str = "") -> list[str]:
        found: list[str] = coverage({"prompt": prompt, "negative_prompt": negative, "requirements": requirements})[
            "missing"
        ]
        return found

    assert missing("Three red circles under a full moon", "people") == []
    assert missing("Two red circles under the moon, people") == ["r1", "r2", "r3"]
    assert missing("Three blue circles, a full moon") == ["r1"]
