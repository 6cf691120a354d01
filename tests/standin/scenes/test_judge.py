"""The judge: agrees with the plan of a picture, and uses nothing but its pixels."""

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from standin.options import Options
from standin.scenes.judge import judge
from standin.scenes.judge.check_requirement import check_requirement
from standin.scenes.judge.detect_all import detect_all
from standin.scenes.language.scene import Scene
from standin.scenes.language.vocabulary import things
from standin.scenes.painter import paint
from standin.wire.picture_file import encode_picture
from tests.support.factories.scenes import DrawnScene, draw_scene

NO_MISTAKES = Options(error_rate=0)
SCENES = 100
SIDE_PX = 256


def questions(*texts: str) -> dict[str, Any]:
    """Return the data of a `record_verdict` question."""
    return {"candidates": 1, "requirements": [{"id": f"r{n}", "text": text} for n, text in enumerate(texts, start=1)]}


def painted(prompt: str, side_px: int = 512, file_format: str = "png") -> bytes:
    """Return the file of a picture without mistakes."""
    return encode_picture(paint(prompt, "", 1, side_px, side_px, NO_MISTAKES), file_format)


def verdict(image: bytes, *texts: str) -> list[tuple[str, bool]]:
    """Return the observation of each requirement and whether it is met."""
    return [(one["observed"], one["met"]) for one in judge([image], questions(*texts))["checks"]]


def agreements(scene: DrawnScene, file_format: str) -> list[bool]:
    """Return for every want and relation whether the judge agrees with the picture's plan."""
    detections = detect_all(encode_picture(scene.image, file_format))

    def is_met(part: Scene) -> bool:
        return check_requirement(part, detections)[1]

    found = []
    for want in scene.asked.wants:
        found.append(is_met(Scene(wants=(replace(want, place=None),))) == scene.is_met(want))
        if want.place and scene.is_met(want):
            found.append(is_met(Scene(wants=(want,))) == scene.is_placed(want))
    drawn = {want.key for want in scene.drawn.wants}
    for relation in scene.asked.relations:
        if {relation.subject, relation.object} <= drawn:
            wants = tuple(want for want in scene.drawn.wants if want.key in (relation.subject, relation.object))
            asked = Scene(wants=tuple(replace(want, place=None) for want in wants), relations=(relation,))
            found.append(is_met(asked) == scene.is_relation_met(relation))
    return found


def test_judge_agrees_with_the_plan_of_right_and_wrong_pictures() -> None:
    found = [agrees for number in range(SCENES) for agrees in agreements(draw_scene(number, SIDE_PX), "png")]
    assert len(found) > 4 * SCENES
    assert sum(found) / len(found) >= 0.98


def test_judge_agrees_on_jpeg() -> None:
    found = [agrees for number in range(40) for agrees in agreements(draw_scene(number, 320), "jpeg")]
    assert sum(found) / len(found) >= 0.98


@pytest.mark.parametrize("name", sorted(things()))
def test_every_thing_is_painted_and_detected_by_its_english_name(name: str) -> None:
    thing = things()[name]
    colour = "white " if name == "background" else ""
    phrase = f"{thing.article} {colour}{thing.noun}".strip()
    [(observed, met)] = verdict(painted(f"{phrase} on the sea" if name == "ice" else phrase, 320), phrase)
    assert met, observed


@pytest.mark.parametrize("name", sorted(name for name, thing in things().items() if thing.group != "time"))
def test_no_thing_is_detected_in_an_empty_landscape(name: str) -> None:
    thing = things()[name]
    empty = "a daytime sky over a green meadow" if name != "meadow" else "a daytime sky over a sandy beach"
    [(observed, met)] = verdict(painted(empty, 320), f"{thing.article} {thing.noun}".strip())
    assert not met, observed


def test_answer_when_the_picture_is_right_then_all_is_met() -> None:
    image = painted("three red circles left of a blue square, a yellow star above a green triangle")
    answer = judge(
        [image],
        questions(
            "exactly three red circles",
            "the three red circles are to the left of the blue square",
            "the yellow star is above the green triangle",
            "no people",
        ),
    )
    assert [check["met"] for check in answer["checks"]] == [True] * 4
    assert answer["reason"] == "Everything asked for is there."


def test_answer_when_shapes_are_wrong_then_it_describes_the_picture() -> None:
    image = painted("two red circles, a blue square, a person")
    assert verdict(image, "exactly three red circles", "a green square", "no people") == [
        ("two red circles", False),
        ("one blue square, none of them green", False),
        ("one person", False),
    ]


def test_answer_when_a_landscape_is_wrong_then_it_describes_the_picture() -> None:
    image = painted("a crescent moon over the sea, a snowy mountain on the left")
    found = verdict(image, "a full moon", "drift ice on the sea", "the snowy mountain is on the right side", "a lake")
    assert found == [
        ("no full moon; a night sky with a crescent moon", False),
        ("no drift ice; the sea", False),
        ("a snowy mountain on the left side", False),
        ("no lake; the sea", False),
    ]


@pytest.mark.parametrize(
    "text", ["a cat on the sofa", "the atmosphere is melancholic", "a cat near a red house", "猫がいる"]
)
def test_answer_when_a_requirement_has_unknown_words_then_it_cannot_tell(text: str) -> None:
    [(observed, met)] = verdict(painted("a red house"), text)
    assert not met
    assert observed.startswith("does not know ")


def test_requirements_are_understood_in_japanese() -> None:
    image = painted("three red circles left of a blue square")
    found = verdict(image, "赤い丸が三つ", "青い四角の左に赤い丸が三つ", "人のいない風景", "赤い丸が二つ")
    assert [met for _, met in found] == [True, True, True, False]


def test_answer_says_whether_it_is_certain() -> None:
    answer = judge([painted("a red house")], questions("a red house", "a blue house", "a red house with a door", ""))
    assert [(check["met"], check["certain"]) for check in answer["checks"]] == [
        (True, True),
        (False, True),
        (False, False),
        (False, False),
    ]
    assert answer["checks"][2]["observed"] == "does not know 'door'"
    assert answer["reason"] == (
        "Not as asked: one red house, none of them blue. "
        "Cannot tell: does not know 'door'; does not know how to check an empty text."
    )
    assert judge([painted("a cat")], questions("a cat"))["reason"] == "Cannot tell: does not know 'cat'."


def test_lettering_is_recognized() -> None:
    image = painted('a sign that says "OPEN" on a sandy beach')
    assert verdict(image, 'a sign that says "OPEN"', 'a sign that says "SHUT"') == [
        ('a sign that says "OPEN"', True),
        ('a sign that says "OPEN"', False),
    ]


@pytest.mark.parametrize("lettering", ["ABCDEFG", "HIJKLMN", "OPQRSTU", "VWXYZ", "23456789", "NO 42 WAY"])
def test_every_character_is_recognized(lettering: str) -> None:
    [(observed, met)] = verdict(painted(f'a sign that says "{lettering}"', 1024), f'a sign that says "{lettering}"')
    assert met, observed


def test_colour_that_a_thing_cannot_have_is_not_met() -> None:
    image = painted("a red moon, a full moon")
    assert verdict(image, "a red moon") == [('does not know how to check "a red moon"', False)]


def test_verdict_depends_on_the_pixels_alone() -> None:
    image = painted("a full moon over the sea")
    texts = ("a full moon", "a snowy mountain", "the sea")
    with Image.open(io.BytesIO(image)) as opened:
        buffer = io.BytesIO()
        # The same pixels in another file: no metadata, another compression.
        Image.frombytes("RGB", opened.size, opened.convert("RGB").tobytes()).save(buffer, "PNG", compress_level=9)
    other_painting = painted("a snowy mountain")
    assert verdict(buffer.getvalue(), *texts) == verdict(image, *texts)
    # The answer about another picture in between changes nothing.
    assert verdict(other_painting, *texts) != verdict(image, *texts)
    assert verdict(image, *texts) == [
        ("a full moon", True),
        ("no snowy mountain; a bare horizon", False),
        ("the sea", True),
    ]


def test_candidates_are_checked_in_order() -> None:
    images = [painted("a red circle"), painted("a blue square")]
    answer = judge(images, questions("a red circle", "a blue square"))
    assert [(one["candidate"], one["id"], one["met"]) for one in answer["checks"]] == [
        (1, "r1", True),
        (1, "r2", False),
        (2, "r1", False),
        (2, "r2", True),
    ]
    assert "candidate 1: no blue square" in answer["reason"]


@pytest.mark.parametrize("size_px", [(1, 1), (2, 300), (1408, 640), (7, 7)])
def test_picture_of_any_size_is_answered(size_px: tuple[int, int]) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", size_px, (120, 40, 200)).save(buffer, "PNG")
    [(_, met)] = verdict(buffer.getvalue(), "a red circle")
    assert not met
