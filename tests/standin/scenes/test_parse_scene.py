"""The parser: the same request in each language is the same scene, and no word of a text is dropped."""

import pytest

from standin.answers.reviser import remove_negations
from standin.scenes.language.detect_language import detect_language
from standin.scenes.language.parse_scene import READERS, parse_scene
from standin.scenes.language.phrases import phrase_scene, phrase_want
from standin.scenes.language.scene import Relation, Want
from standin.scenes.language.vocabulary import colours, things, words

NIGHT_SCENES = {
    "en": "Drift ice on the sea under an aurora and a full moon, a snowy mountain on the right, no people.",
    "ja": "流氷の浮かぶ海の上にオーロラと満月、右側に雪山、人のいない風景。",
}
SHAPES = {
    "en": "three red circles left of a blue square",
    "ja": "青い四角の左に赤い丸が三つ",
}


@pytest.mark.parametrize("language", READERS)
def test_landscape_is_the_same_scene_in_each_language(language: str) -> None:
    scene = parse_scene(NIGHT_SCENES[language])
    assert scene.language == language
    assert set(scene.present) == {
        Want(thing="ice"),
        Want(thing="sea"),
        Want(thing="aurora"),
        Want(thing="full moon"),
        Want(thing="snowy mountain", place="right"),
    }
    assert scene.absent == (Want(thing="person", is_absent=True),)
    assert scene.relations == ()


@pytest.mark.parametrize("language", READERS)
def test_shapes_are_the_same_scene_in_each_language(language: str) -> None:
    scene = parse_scene(SHAPES[language])
    assert set(scene.wants) == {
        Want(thing="circle", colour="red", count=3),
        Want(thing="square", colour="blue"),
    }
    assert scene.relations == (Relation(("circle", "red"), "left of", ("square", "blue")),)


@pytest.mark.parametrize("language", READERS)
def test_every_thing_and_colour_has_a_word_in_each_language(language: str) -> None:
    found = set(words(language).values())
    assert {("thing", name) for name in things()} <= found
    assert {("colour", name) for name in colours()} <= found


@pytest.mark.parametrize("language", READERS)
def test_every_name_of_a_thing_is_read_in_a_text(language: str) -> None:
    for phrase, (kind, name) in words(language).items():
        if kind == "thing" and name != "background":
            scene = parse_scene(f"no {phrase}" if language == "en" else f"{phrase}のない風景")
            assert (scene.wants, scene.unread) == ((Want(thing=name, is_absent=True),), ()), phrase


@pytest.mark.parametrize("name", sorted(things()))
def test_phrases_are_parsed_to_the_same_want(name: str) -> None:
    thing = things()[name]
    wants = [Want(thing=name)] if name != "background" else [Want(thing=name, colour="white")]
    if thing.is_countable and thing.is_colourable:
        wants += [Want(thing=name, colour="green"), Want(thing=name, colour="green", count=4)]
    for want in wants:
        for emphasis in ("", "large and clearly visible"):
            [parsed] = parse_scene(phrase_want(want, emphasis=emphasis), "en").wants
            assert (parsed.key, parsed.count, parsed.is_emphasized) == (
                want.key,
                want.count,
                bool(emphasis),
            )


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("texts", [NIGHT_SCENES, SHAPES])
def test_scene_in_english_phrases_is_parsed_to_the_same_scene(language: str, texts: dict[str, str]) -> None:
    scene = parse_scene(texts[language])
    english = parse_scene(", ".join(phrase_scene(scene)), "en")
    assert set(english.present) == set(scene.present)
    assert english.relations == scene.relations


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("a starry sky", [Want(thing="stars")]),
        ("five yellow stars", [Want(thing="star", colour="yellow", count=5)]),
        ("a white moon", [Want(thing="moon")]),
        ("a red moon", []),
        ("2 red squares and one green circle", [Want(thing="square", colour="red", count=2),
                                            Want(thing="circle", colour="green", count=1)]),
        ("On the left, a house; on the right, two trees", [Want(thing="house", place="left"),
                                                          Want(thing="tree", place="right", count=2)]),
        ("exactly three large and clearly visible red circles", [Want(thing="circle", colour="red", count=3,
                                                                       is_emphasized=True)]),
        ("a red rocking horse left of a house", [Want(thing="house")]),
        ("a snowman with ice cream and a fire engine", []),
        ("木製の揺り木馬と人形", []),
        ('a sign that says "OPEN 24"', [Want(thing="sign", lettering="OPEN 24")]),
        ("the word “HELLO” in the middle", [Want(thing="sign", lettering="HELLO", place="middle")]),
        ("a house without people, cars or birds, and a red boat", [
            Want(thing="house"), Want(thing="person", is_absent=True), Want(thing="car", is_absent=True),
            Want(thing="birds", is_absent=True), Want(thing="boat", colour="red")]),
    ],
)  # fmt: skip
def test_text_has_these_wants(text: str, wants: list[Want]) -> None:
    assert list(parse_scene(text).wants) == wants


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("A cat on a sofa", "en"),
        ("Hamburger", "en"),
        ("猫がソファの上にいる", "ja"),
        ("雪山 満月 流氷", "ja"),
        ("海、無人", "ja"),
        ("一只猫在沙发上", "zh"),
        ("Eine Katze auf dem Sofa", "de"),
        ("Un chat sur le canapé", "fr"),
        ("Un gato en el sofá", "es"),
        ("소파 위의 고양이", "ko"),
        ("Кошка на диване", "ru"),
        ("قطة على الأريكة", "ar"),
        ("Żółty ptak śpi", "und"),
        ("A sign that says 「営業中」 by the sea", "en"),
        ('A sign that says "' + "営業中" * 30 + '"', "en"),
        ("a sign that says ラーメン大盛り無料", "en"),
        ("a sign that says ‘ラーメン大盛り無料’", "en"),
    ],
)
def test_language_is_detected_by_script_and_short_words(text: str, tag: str) -> None:
    assert detect_language(text) == tag


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("a beach, no people", "a beach"),
        ("A beach with no cars or people, a red boat.", "A beach, a red boat."),
        ("a lake and no cars, a tree", "a lake, a tree"),
        ("no people", ""),
        ("a cat with no hat", "a cat with no hat"),
    ],
)
def test_negations_are_removed(text: str, without: str) -> None:
    assert remove_negations(text, parse_scene(text, "en")) == without
