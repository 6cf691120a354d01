"""The answers of the stand-in's Claude: requirements, revised prompts and coverage."""

from typing import Any

import pytest

from standin.answers.content_filter import STUBBORN_WORD, is_blocked
from standin.answers.coverage import check_coverage
from standin.answers.requirements import derive_requirements
from standin.answers.reviser import revise_prompt
from tests.support.harnesses.stand_in_client import SONNET, ask, data_block, tool_config, tool_input

KINDS = {"object", "count", "color", "position", "text", "style", "setting", "absence", "other"}
ICE_SEA = "流氷の浮かぶ海の上にオーロラと満月、右側に雪山"


def revise(prompt: str, why: str = "failed", failed: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """Revise a prompt after the requirements with these texts failed."""
    data = {
        "original_prompt": prompt,
        "language": derive_requirements({"prompt": prompt})["language"],
        "why": why,
        "failed": [{"id": f"r{n}", "text": text, "observed": "something else"} for n, text in enumerate(failed)],
        "keep": [],
        "earlier_wordings": [],
        "image_model": {"language": "en", "max_prompt_chars": 512, "max_negative_prompt_chars": 512},
    }
    return revise_prompt(data | more)


def texts(prompt: str, negative: str | None = None) -> list[str]:
    """Return the texts of a prompt's requirements."""
    return [one["text"] for one in derive_requirements({"prompt": prompt, "negative_prompt": negative})["requirements"]]


def test_requirements_over_converse_have_one_thing_each(runtime: Any) -> None:
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
    found = derive_requirements({"prompt": prompt, "negative_prompt": "cars"})["requirements"]
    assert {one["kind"] for one in found} <= KINDS
    by_text = {one["text"]: one for one in found}
    assert by_text["exactly three red circles"]["kind"] == "count"
    assert by_text["a red house"]["kind"] == "color"
    assert by_text['a sign that says "OPEN"']["kind"] == "text"
    assert by_text["no cars"]["kind"] == by_text["no people"]["kind"] == "absence"
    assert "three" not in by_text["exactly three red circles"]["question"]
    assert "OPEN" not in by_text['a sign that says "OPEN"']["question"]


def test_requirements_when_no_word_is_known_then_they_are_in_the_prompts_own_words() -> None:
    assert derive_requirements(
        {"prompt": "a photo of a wooden rocking horse, studio light", "negative_prompt": None}
    ) == {
        "language": "en",
        "requirements": [
            {"id": f"r{number}", "kind": "other", "text": text, "question": "What does the picture show?", "must": True}
            for number, text in enumerate(("a photo of a wooden rocking horse", "studio light"), start=1)
        ],
    }


def test_requirements_when_some_words_are_unknown_then_they_are_in_one_of_kind_other() -> None:
    assert texts("a wooden rocking horse under a full moon") == [
        "a full moon",
        "a wooden rocking horse under a full moon",
    ]


def test_requirements_when_the_negative_prompt_has_unknown_words_then_they_are_kept() -> None:
    assert texts("a lake", "people, blurry edges") == ["a lake", "no people", "no blurry edges"]


def test_requirements_are_never_cut_off() -> None:
    velvet = [f"a velvet cat number {number}" for number in range(60)]
    assert texts(", ".join(velvet))[-1] == "the other 21 parts of the prompt"
    prompt = " ".join(f"velvet{number}" for number in range(120))
    assert " ".join(text.removesuffix(" …") for text in texts(prompt)) == prompt


def test_requirements_when_a_thing_is_named_in_both_prompts_then_it_is_listed_once() -> None:
    assert texts("a lake, no people", "people, birds") == ["a lake", "no people", "no birds"]
    assert texts("a person, a lake", "people") == ["a person", "a lake", "not in the picture: people"]


def test_requirements_when_a_thing_implies_another_then_it_is_listed_once() -> None:
    assert texts("a full moon. The moon is white.") == ["a full moon"]


def test_requirements_are_at_most_forty() -> None:
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
        ("赤い家と湖。車のない風景", "A red house, a lake", "cars"),
        ("ピンクのハートが二つ、湖", "Two pink hearts, a lake", ""),
        ("灯台、赤い家、人も車もない", "A lighthouse, a red house", "people, cars"),
    ],
)
def test_revision_translates_the_prompt_into_english(prompt: str, english: str, negative: str) -> None:
    answer = revise(prompt, "language")
    assert (answer["revised_prompt"], answer["negative_prompt"]) == (english, negative)
    assert "English" in answer["changes"]


def test_revision_puts_failed_things_first_with_emphasis_and_keeps_the_rest() -> None:
    answer = revise(ICE_SEA, failed=("an aurora", "the snowy mountain is on the right side"))
    assert answer["revised_prompt"] == (
        "A large and clearly visible aurora, a large and clearly visible snowy mountain on the right side, "
        "drift ice on the sea, a full moon"
    )


def test_revision_replaces_a_failed_relation_by_two_places() -> None:
    prompt = "three red circles left of a blue square"
    answer = revise(prompt, failed=("the three red circles are to the left of the blue square",))
    assert answer["revised_prompt"] == (
        "Exactly three large and clearly visible red circles on the left side, "
        "a large and clearly visible blue square on the right side. Three red circles left of a blue square"
    )


def test_revision_keeps_unknown_english_words() -> None:
    answer = revise("A melancholic cat by a lake at dusk", failed=("a lake",))
    assert answer["revised_prompt"].endswith("A melancholic cat by a lake at dusk")


def test_revision_moves_negations_to_the_negative_prompt() -> None:
    answer = revise("A beach, no people or cars", failed=("no people",), original_negative_prompt="birds")
    assert answer["revised_prompt"] == "A beach"
    assert answer["negative_prompt"] == "people, cars, birds"


def test_revision_differs_from_every_earlier_prompt() -> None:
    tried: list[dict[str, Any]] = []
    for _ in range(4):
        answer = revise("a red circle", earlier_wordings=list(tried))
        assert answer["revised_prompt"] not in [wording["prompt"] for wording in tried]
        assert "red circle" in answer["revised_prompt"].lower()
        tried.append({"prompt": answer["revised_prompt"], "negative_prompt": "", "score": 0.0})


@pytest.mark.parametrize(
    "prompt", ["a red circle " * 60, "x" * 2000, "melancholy " * 100, "，".join(["満月と雪山"] * 200)]
)
def test_revision_fits_the_models_length_limits(prompt: str) -> None:
    answer = revise(prompt, "length")
    assert 0 < len(answer["revised_prompt"]) <= 512
    short = revise(prompt, "length", image_model={"max_prompt_chars": 40, "max_negative_prompt_chars": 5})
    assert 0 < len(short["revised_prompt"]) <= 40
    assert len(short["negative_prompt"]) <= 5


def test_revision_removes_blocked_words_except_the_stubborn_one() -> None:
    assert not is_blocked(revise("A gory, naked battlefield under a red sky", "blocked")["revised_prompt"])
    # A later revision starts from the original prompt again and must not bring the words back.
    assert not is_blocked(revise("A gory lake", failed=("a lake",))["revised_prompt"])
    assert is_blocked(revise(f"An {STUBBORN_WORD} forbidden lake", "blocked")["revised_prompt"])


def test_revision_when_no_word_can_be_translated_then_still_english() -> None:
    answer = revise("木製の揺り木馬", "language")
    assert answer["revised_prompt"].isascii()
    assert "nothing" in answer["changes"]


def test_data_is_read_from_an_earlier_turn_when_the_last_has_none(runtime: Any) -> None:
    data = {"prompt": "a red circle", "negative_prompt": None}
    messages = [
        {"role": "user", "content": [data_block(data)]},
        {"role": "assistant", "content": [{"text": "Sure!"}]},
        {"role": "user", "content": [{"text": "That was no call of record_requirements."}]},
    ]
    config = tool_config("record_requirements", choice={"auto": {}})
    answer = ask(runtime, "record_requirements", data, modelId=SONNET, messages=messages, toolConfig=config)
    assert tool_input(answer)["requirements"][0]["text"] == "a red circle"


def test_coverage_lists_the_requirements_that_a_prompt_leaves_out() -> None:
    requirements = [
        {"id": "r1", "text": "exactly three red circles"},
        {"id": "r2", "text": "a full moon"},
        {"id": "r3", "text": "no people"},
        {"id": "r4", "text": "a melancholic mood"},
    ]

    def missing(prompt: str, negative: str = "") -> list[str]:
        found: list[str] = check_coverage(
            {"prompt": prompt, "negative_prompt": negative, "requirements": requirements}
        )["missing"]
        return found

    assert missing("Three red circles, a full moon, a melancholic mood", "people") == []
    assert missing("Two red circles, the moon, one person") == ["r1", "r2", "r3", "r4"]
    assert missing("Three blue circles, a full moon") == ["r1", "r4"]


def test_requirements_when_the_negative_prompt_has_an_article_then_it_is_left_out() -> None:
    answer = derive_requirements({"prompt": "a red circle", "negative_prompt": "a cat, the gloomy wombat"})

    assert [one["text"] for one in answer["requirements"]][1:] == ["no cat", "no gloomy wombat"]
