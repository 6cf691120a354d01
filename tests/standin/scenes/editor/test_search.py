"""Search-replace and search-recolor change the thing that they find, and nothing if they find none."""

import pytest
from PIL import Image

from standin import Options
from standin.scenes.editor import Edit, search_recolor, search_replace
from standin.scenes.editor.edit import Mishap
from standin.scenes.editor.locate import find_things
from standin.scenes.judge.detect_all import detect_picture
from tests.standin.edits import NO_MISTAKES, changed, source

SOURCE = source()
LAND = source("a red house and a tree, a lake, a snowy mountain, a sunset sky")
HOUSE = source("a red house, a green meadow, a daytime sky")


def shown(picture: Image.Image) -> list[tuple[str, str | None]]:
    """Return the things that the judge sees, with their colours."""
    return sorted((one.thing, one.colour) for one in detect_picture(picture).found)


def edit(prompt: str, seed: int = 1, options: Options = NO_MISTAKES) -> Edit:
    """Return an edit."""
    return Edit(task="search", prompt=prompt, seed=seed, options=options)


def test_replaced_thing_gives_way_to_the_prompts() -> None:
    result = search_replace(SOURCE, "the red circle", 5, edit("a green star"))
    assert shown(result) == [("square", "blue"), ("star", "green")]
    assert changed(SOURCE, result).mean() < 0.2


def test_every_thing_of_the_name_is_replaced() -> None:
    two = source("two red circles, a blue square")
    assert shown(search_replace(two, "red circles", 5, edit("a green star"))).count(("star", "green")) == 2


def test_recoloured_thing_keeps_its_shape_and_place() -> None:
    result = search_recolor(SOURCE, "the square", 5, edit("a yellow square"))
    assert shown(result) == [("circle", "red"), ("square", "yellow")]
    before, after = (detect_picture(one).of("square")[0] for one in (SOURCE, result))
    assert (before.x, before.y) == pytest.approx((after.x, after.y), abs=0.01)


def test_recolouring_takes_the_prompts_new_colour() -> None:
    assert ("house", "blue") in shown(search_recolor(HOUSE, "the red house", 5, edit("the red house becomes blue")))


@pytest.mark.parametrize(
    "phrase", ["a velvet cat", "the circle with a hat", "the green star", "the sunset sky", "the lake", "a car"]
)
def test_thing_that_is_not_found_or_has_no_place_changes_nothing(phrase: str) -> None:
    assert find_things(LAND, phrase) == []
    assert not changed(LAND, search_replace(LAND, phrase, 5, edit("a boat"))).any()
    assert not changed(LAND, search_recolor(LAND, phrase, 5, edit("blue"))).any()


def test_recolouring_without_a_colour_changes_nothing() -> None:
    assert not changed(SOURCE, search_recolor(SOURCE, "the square", 5, edit("prettier"))).any()


@pytest.mark.parametrize("thing", ["house", "boat", "car", "tree", "sign", "lighthouse", "person", "lantern"])
def test_whole_thing_is_found_not_only_the_part_by_which_it_is_known(thing: str) -> None:
    picture = source(f"a {thing}, the sea, a sandy beach")
    result = search_replace(picture, f"the {thing}", 5, edit("a yellow star"))
    assert thing not in {one for one, _ in shown(result)}


def test_mishaps_of_search_are_those_of_the_seed() -> None:
    seed_of = {edit("a green star", seed, Options()).mishap: seed for seed in range(200)}
    missed = search_replace(SOURCE, "the red circle", 5, edit("a green star", seed_of[Mishap.MISSED], Options()))
    assert not changed(SOURCE, missed).any()
    repainted = search_recolor(SOURCE, "the square", 5, edit("a green star", seed_of[Mishap.TOO_MUCH], Options()))
    assert changed(SOURCE, repainted).mean() > 0.8
