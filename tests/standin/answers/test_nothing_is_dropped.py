"""Properties of the stand-in for any prompt of known and unknown parts, in English and Japanese."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from standin.answers.requirements import derive_requirements
from standin.options import Options
from standin.scenes.judge import judge
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.painter import paint
from standin.wire.picture_file import encode_picture
from tests.support.factories.prompts import JAPANESE, japanese, prompts

EXCLUDED = {"people": "person", "cars": "car", "trees": "tree", "houses": "house", "clouds": "clouds"}
EXCLUDED_JAPANESE = {"人": "person", "車": "car", "木": "tree", "家": "house", "雲": "clouds"}
FUNCTION_WORDS = set(re.findall(r"\w+", "a an the and or with of in at by under is that like"))
breakers = st.sampled_from(("", " zqwool", ", a zqcat", " and a zqcat", " on a zqmat"))


def texts(prompt: str) -> list[str]:
    """Return the texts of a prompt's requirements."""
    return [one["text"] for one in derive_requirements({"prompt": prompt, "negative_prompt": None})["requirements"]]


@given(prompts)
@settings(max_examples=300, deadline=None)
def test_every_english_word_is_in_a_requirement(prompt: str) -> None:
    listed = set(re.findall(r"\w+", " ".join(texts(prompt)).lower()))
    missing = set(re.findall(r"\w+", prompt.lower())) - listed - FUNCTION_WORDS
    assert {word for word in missing if word.rstrip("s") not in listed} == set()


@given(japanese)
@settings(max_examples=300, deadline=None)
def test_every_japanese_part_is_in_a_requirement(prompt: str) -> None:
    listed = " ".join(texts(prompt))
    for part in re.split("[、。]", prompt):
        assert part in listed or JAPANESE[part].split()[-1].rstrip("s") in listed


@given(st.one_of(prompts, japanese))
@settings(max_examples=60, deadline=None)
def test_the_judge_is_certain_of_nothing_with_an_unknown_word(prompt: str) -> None:
    picture = encode_picture(paint(prompt, "", 1, 64, 64, Options(error_rate=0)), "png")
    listed = [{"id": text, "text": text} for text in texts(prompt)]
    checks = judge([picture], {"requirements": listed})["checks"]
    is_unknown = re.compile("zq|[猫犬鉄窓机夢糸鏡]")
    for check in checks:
        if is_unknown.search(check["id"]):
            assert (check["met"], check["certain"]) == (False, False)
    assert not is_unknown.search(prompt) or not all(check["certain"] for check in checks)


@given(st.sampled_from(("a beach", "the sea at night", "a zqdog", "a red circle")),
       st.sampled_from((", no {0}", " without {0}", " with no {0} or {1}", ". There are no {0}", " but no {0}, {1} or birds",
                        ", no {0}, {1}", " free of {0} and {1}", ", never any {0}", ", except {0}")),
       st.lists(st.sampled_from(sorted(EXCLUDED)), min_size=2, max_size=2, unique=True), breakers)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_an_excluded_thing_is_never_required_in_english(start: str, shape: str, things: list[str], end: str) -> None:
    _refuse_required(start + shape.format(*things) + end, {EXCLUDED[thing] for thing in things})


@given(st.sampled_from(("砂浜、", "夜の海。", "猫、", "赤い丸と", "")),
       st.sampled_from(("{0}のいない湖", "{0}なし", "{0}や{1}のない湖", "{0}も{1}もない", "{0}を描かない", "{0}以外", "{0}、{1}のない湖",
                        "{0}を入れずに湖", "{0}は不要")),
       st.lists(st.sampled_from(sorted(EXCLUDED_JAPANESE)), min_size=2, max_size=2, unique=True),
       st.sampled_from(("", "、猫", "と猫", "の猫")))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_an_excluded_thing_is_never_required_in_japanese(start: str, shape: str, things: list[str], end: str) -> None:
    _refuse_required(start + shape.format(*things) + end, {EXCLUDED_JAPANESE[thing] for thing in things})


def _refuse_required(prompt: str, excluded: set[str]) -> None:
    for text in texts(prompt):
        scene = parse_scene(text)
        required = set() if scene.unread else {want.thing for want in scene.present}
        assert not required & excluded, (prompt, text)
    assert not {want.thing for want in parse_scene(prompt).present} & excluded
