"""The painter: repeatable, as clumsy as it says, and silent about the prompt."""

import io
import random

import pytest
from PIL import Image

from standin.options import Options
from standin.scenes.judge.look_over import look_over
from standin.scenes.language.reading import read
from standin.scenes.language.scene import Scene
from standin.scenes.painter import paint
from standin.scenes.painter.mistakes import Clumsiness, intended
from standin.wire.picture_file import NOTE, encoded

DEFAULT = Options()
FAULTLESS = Options(error_rate=0)


def seen(prompt: str, seed: int = 1, negative: str = "", options: Options = FAULTLESS) -> set[str]:
    """The names of the things in a picture."""
    return {one.thing for one in look_over(encoded(paint(prompt, negative, seed, 256, 256, options), "png")).seen}


def wrong_share(prompt: str) -> float:
    """Share of pictures that are not as asked, over many wordings with ten seeds each."""
    scene = read(prompt, "en")
    drawn = [
        intended(scene, Scene(), f"{prompt}{wording}", random.Random(f"{wording}/{seed}"), Clumsiness())
        for wording in range(40)
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


def test_file_says_whose_it_is_and_nothing_of_the_prompt() -> None:
    png = encoded(paint("a red circle", "", 123, 64, 64, FAULTLESS), "png")
    with Image.open(io.BytesIO(png)) as opened:
        opened.load()
        assert opened.info == {"Software": NOTE}
    jpeg = encoded(paint("a red circle", "", 123, 64, 64, FAULTLESS), "jpeg")
    assert NOTE.encode() in jpeg
    assert all(b"red circle" not in data for data in (png, jpeg))


def test_painter_errs_more_the_more_it_is_asked_for() -> None:
    few, many = "a full moon", "drift ice on the sea, an aurora, a full moon, meteors, one house on the left side"
    assert wrong_share(few) < 0.25
    assert 0.5 < wrong_share(many) < 0.95


def test_painter_errs_less_in_what_is_said_plainly() -> None:
    plain = "a large and clearly visible snowy mountain on the right side, a large and clearly visible full moon"
    assert wrong_share(plain) < 0.5 * wrong_share("a full moon, a snowy mountain on the right side")


def test_mistakes_when_the_rate_is_given_then_it_replaces_the_built_in_ones() -> None:
    prompt = "a full moon, the sea, a snowy mountain"
    assert {"full moon", "sea", "snowy mountain"} <= seen(prompt)
    assert seen(prompt, options=Options(error_rate=1)).isdisjoint({"full moon", "sea", "snowy mountain"})


@pytest.mark.parametrize("seed", range(8))
def test_negation_in_the_prompt_brings_in_what_it_names_and_a_negative_prompt_keeps_it_out(seed: int) -> None:
    assert "person" in seen("a green meadow without people", seed, options=Options(error_rate=1))
    assert "person" not in seen("a green meadow without people", seed, negative="people", options=DEFAULT)


def test_negation_mostly_paints_what_it_names() -> None:
    painted = ["person" in seen("a green meadow, no people", seed, options=DEFAULT) for seed in range(30)]
    assert 12 <= sum(painted) <= 28


@pytest.mark.parametrize("seed", range(6))
def test_prompt_when_not_english_then_hardly_understood(seed: int) -> None:
    things = seen("流氷の浮かぶ海の上にオーロラと満月、右側に雪山", seed)
    assert not {"ice", "sea", "aurora", "full moon", "snowy mountain"} <= things
    assert things


def test_prompt_when_it_names_nothing_known_then_a_card_is_made() -> None:
    first = paint("a photo of a wooden rocking horse, studio light", "", 1, 256, 256, DEFAULT)
    assert (
        first.tobytes() == paint("a photo of a wooden rocking horse, studio light", "", 2, 256, 256, DEFAULT).tobytes()
    )
    assert look_over(encoded(first, "png")).seen == ()


@pytest.mark.parametrize("prompt", ["", "   ", "{% raw %}", "a" * 512, "🐈🐈🐈", "שלום", "twelve hundred cats\n\\\"'"])
def test_prompt_when_strange_then_a_picture_all_the_same(prompt: str) -> None:
    assert paint(prompt, prompt, 0, 128, 96, DEFAULT).size == (128, 96)


@pytest.mark.parametrize("size_px", [(320, 704), (1408, 640), (1173, 640)])
def test_picture_has_the_size_asked_for(size_px: tuple[int, int]) -> None:
    assert paint("a red house by a lake, a rainbow", "", 1, *size_px, FAULTLESS).size == size_px


def test_crowded_prompt_is_painted() -> None:
    prompt = (
        "twelve red circles, twelve blue squares, nine houses, nine trees, nine cars, nine people, the sea, a bridge"
    )
    assert paint(prompt, "", 1, 256, 256, FAULTLESS).size == (256, 256)


@pytest.mark.parametrize("prompt", ["a full moon", "no people", "a red circle above a blue square", "a night sky"])
def test_paint_wrong_always_errs(prompt: str) -> None:
    scene = read(prompt, "en")
    for seed in range(20):
        drawn = intended(scene, Scene(), prompt, random.Random(seed), Clumsiness(error_rate=0, must_err=True))
        assert (drawn.wants, drawn.relations) != (scene.present, scene.relations)
