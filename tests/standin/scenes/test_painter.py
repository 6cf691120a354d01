"""The painter: repeatable pictures, the rates of mistakes, and no prompt in the file."""

import io
import random

import pytest
from PIL import Image

from standin.options import Options
from standin.scenes.judge.detect_all import detect_all
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.language.part import BACKGROUND_COLOURS
from standin.scenes.language.scene import Scene
from standin.scenes.painter import paint
from standin.scenes.painter.mistakes import MistakeSettings, add_mistakes
from standin.wire.picture_file import NOTE, encode_picture

DEFAULT = Options()
NO_MISTAKES = Options(error_rate=0)


def detect(prompt: str, seed: int = 1, negative: str = "", options: Options = NO_MISTAKES) -> set[str]:
    """Return the names of the detected things in a picture."""
    return {
        one.thing for one in detect_all(encode_picture(paint(prompt, negative, seed, 256, 256, options), "png")).found
    }


def mistake_share(prompt: str) -> float:
    """Return the share of pictures with a mistake, over 40 versions of a prompt with ten seeds each."""
    scene = parse_scene(prompt, "en")
    drawn = [
        add_mistakes(scene, Scene(), f"{prompt}{version}", random.Random(f"{version}/{seed}"), MistakeSettings())
        for version in range(40)
        for seed in range(10)
    ]
    return sum((one.wants, one.relations) != (scene.present, scene.relations) for one in drawn) / len(drawn)


def test_picture_is_the_same_for_the_same_seed_and_prompt() -> None:
    prompt = "drift ice on the sea, an aurora, a full moon"
    first = paint(prompt, "", 7, 256, 256, DEFAULT)
    assert first.tobytes() == paint(prompt, "", 7, 256, 256, DEFAULT).tobytes()
    assert first.tobytes() != paint(prompt, "", 8, 256, 256, DEFAULT).tobytes()
    assert first.tobytes() != paint(prompt + ".", "", 7, 256, 256, DEFAULT).tobytes()
    assert first.tobytes() != paint(prompt, "", 7, 256, 256, DEFAULT, candidate=1).tobytes()


def test_file_has_the_stand_ins_note_and_no_prompt() -> None:
    png = encode_picture(paint("a red circle", "", 123, 64, 64, NO_MISTAKES), "png")
    with Image.open(io.BytesIO(png)) as opened:
        opened.load()
        assert opened.info == {"Software": NOTE}
    jpeg = encode_picture(paint("a red circle", "", 123, 64, 64, NO_MISTAKES), "jpeg")
    assert NOTE.encode() in jpeg
    assert all(b"red circle" not in data for data in (png, jpeg))


def test_painter_makes_more_mistakes_with_more_things() -> None:
    few, many = "a full moon", "drift ice on the sea, an aurora, a full moon, meteors, one house on the left side"
    assert mistake_share(few) < 0.25
    assert 0.5 < mistake_share(many) < 0.95


def test_painter_makes_fewer_mistakes_with_emphasized_things() -> None:
    plain = "a large and clearly visible snowy mountain on the right side, a large and clearly visible full moon"
    assert mistake_share(plain) < 0.5 * mistake_share("a full moon, a snowy mountain on the right side")


def test_error_rate_replaces_the_built_in_rates() -> None:
    prompt = "a full moon, the sea, a snowy mountain"
    assert {"full moon", "sea", "snowy mountain"} <= detect(prompt)
    assert detect(prompt, options=Options(error_rate=1)).isdisjoint({"full moon", "sea", "snowy mountain"})


@pytest.mark.parametrize("seed", range(8))
def test_negation_in_the_prompt_draws_the_thing_and_the_negative_prompt_keeps_it_out(seed: int) -> None:
    assert "person" in detect("a green meadow without people", seed, options=Options(error_rate=1))
    assert "person" not in detect("a green meadow without people", seed, negative="people", options=DEFAULT)


def test_negation_draws_the_thing_for_most_seeds() -> None:
    painted = ["person" in detect("a green meadow, no people", seed, options=DEFAULT) for seed in range(30)]
    assert 12 <= sum(painted) <= 28


def test_prompt_when_not_english_then_nothing_of_it_is_painted() -> None:
    assert detect("流氷の浮かぶ海の上にオーロラと満月、右側に雪山") == set()


@pytest.mark.parametrize("colour", sorted(BACKGROUND_COLOURS))
def test_background_has_the_colour_asked_for(colour: str) -> None:
    picture = paint(f"an orange circle, a pink square on a {colour} background", "", 1, 256, 256, NO_MISTAKES)
    found = {(one.thing, one.colour) for one in detect_all(encode_picture(picture, "jpeg")).found}
    assert found == {("circle", "orange"), ("square", "pink"), ("background", colour)}


def test_prompt_when_no_word_is_known_then_a_card_is_painted() -> None:
    first = paint("a photo of a wooden rocking horse, studio light", "", 1, 256, 256, DEFAULT)
    assert (
        first.tobytes() == paint("a photo of a wooden rocking horse, studio light", "", 2, 256, 256, DEFAULT).tobytes()
    )
    assert detect_all(encode_picture(first, "png")).found == ()


@pytest.mark.parametrize("prompt", ["", "   ", "{% raw %}", "a" * 512, "🐈🐈🐈", "שלום", "twelve hundred cats\n\\\"'"])
def test_prompt_when_unusual_then_a_picture_is_painted(prompt: str) -> None:
    assert paint(prompt, prompt, 0, 128, 96, DEFAULT).size == (128, 96)


@pytest.mark.parametrize("size_px", [(320, 704), (1408, 640), (1173, 640)])
def test_picture_has_the_size_asked_for(size_px: tuple[int, int]) -> None:
    assert paint("a red house by a lake, a rainbow", "", 1, *size_px, NO_MISTAKES).size == size_px


def test_crowded_prompt_is_painted() -> None:
    prompt = (
        "twelve red circles, twelve blue squares, nine houses, nine trees, nine cars, nine people, the sea, a bridge"
    )
    assert paint(prompt, "", 1, 256, 256, NO_MISTAKES).size == (256, 256)


@pytest.mark.parametrize("prompt", ["a full moon", "no people", "a red circle above a blue square", "a night sky"])
def test_paint_wrong_always_makes_a_mistake(prompt: str) -> None:
    scene = parse_scene(prompt, "en")
    for seed in range(20):
        drawn = add_mistakes(scene, Scene(), prompt, random.Random(seed), MistakeSettings(error_rate=0, must_fail=True))
        assert (drawn.wants, drawn.relations) != (scene.present, scene.relations)
