"""Inpainting and removal change the masked pixels, and go wrong by the seed."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from standin import Options
from standin.scenes.editor import Edit, black_changes, inpaint
from standin.scenes.editor.edit import Mishap
from standin.scenes.judge.detect_all import detect_picture
from tests.standin.edits import changed, inside, levels, mask, source

SEEDS = 200
SOURCE = source()
CIRCLE = next(one for one in detect_picture(SOURCE).found if one.thing == "circle")
X, Y = round(CIRCLE.x * 512), round(CIRCLE.y * 512)
BOX = (X - 90, Y - 90, X + 90, Y + 90)
STRENGTH = black_changes(mask(BOX, inside=0))


def edited(prompt: str = "", *, seed: int = 1, error_rate: float | None = 0, fault: str | None = None) -> Image.Image:
    """Return the source with the circle's place edited."""
    edit = Edit(task="INPAINTING", prompt=prompt, seed=seed, options=Options(error_rate=error_rate), fault=fault)
    return inpaint(SOURCE, STRENGTH, edit)


def shown(picture: Image.Image) -> set[tuple[str, str | None]]:
    """Return the things that the judge sees, with their colours."""
    return {(one.thing, one.colour) for one in detect_picture(picture).found}


def test_removal_fills_the_mask_from_its_surroundings_and_changes_nothing_else() -> None:
    result = edited()
    assert shown(result) == {("square", "blue")}
    assert changed(SOURCE, result).any()
    assert not (changed(SOURCE, result) & ~inside(BOX)).any()
    # The surroundings are greys without a colour of their own.
    place = levels(result)[BOX[1] : BOX[3], BOX[0] : BOX[2]]
    assert (place.max(axis=-1) - place.min(axis=-1)).max() < 12


@pytest.mark.parametrize(
    ("prompt", "thing"),
    [("a green triangle", ("triangle", "green")), ("a pink heart left of the blue square", ("heart", "pink"))],
)
def test_inpainting_paints_what_the_picture_lacks_into_the_mask(prompt: str, thing: tuple[str, str]) -> None:
    result = edited(prompt)
    assert shown(result) == {("square", "blue"), thing}
    assert not (changed(SOURCE, result) & ~inside(BOX)).any()


def test_unknown_prompt_changes_nothing() -> None:
    assert not changed(SOURCE, edited("a velvet cat")).any()


def test_same_seed_gives_the_same_pixels_and_another_seed_may_not() -> None:
    assert not changed(edited("a house", seed=7, error_rate=None), edited("a house", seed=7, error_rate=None)).any()
    results = {edited("", seed=seed, error_rate=None).tobytes() for seed in range(24)}
    assert len(results) > 3


def test_one_edit_in_four_goes_wrong_in_each_of_three_ways() -> None:
    found = Counter(Edit(task="INPAINTING", seed=seed, options=Options()).mishap for seed in range(SEEDS))
    assert 0.17 * SEEDS <= SEEDS - found[None] <= 0.33 * SEEDS
    assert all(found[mishap] >= 0.04 * SEEDS for mishap in Mishap)


def test_each_mishap_is_visible_in_the_pixels() -> None:
    seed_of = {Edit(task="INPAINTING", seed=seed, options=Options()).mishap: seed for seed in range(SEEDS)}
    missed = edited(seed=seed_of[Mishap.MISSED], error_rate=None)
    assert not changed(SOURCE, missed).any()
    too_much = edited(seed=seed_of[Mishap.TOO_MUCH], error_rate=None)
    assert (changed(SOURCE, too_much) & ~inside(BOX)).mean() > 0.5
    trace = edited(seed=seed_of[Mishap.TRACE], error_rate=None)
    assert not (changed(SOURCE, trace) & ~inside(BOX)).any()
    place = levels(trace)[BOX[1] : BOX[3], BOX[0] : BOX[2]]
    assert (place.max(axis=-1) - place.min(axis=-1)).max() > 40


def test_faults_force_a_mishap_and_forbid_one() -> None:
    assert all(Edit(task="t", seed=seed, options=Options(), fault="paint_wrong").mishap for seed in range(20))
    assert not any(Edit(task="t", seed=seed, options=Options(), fault="paint_right").mishap for seed in range(20))


@pytest.mark.parametrize("task", ["INPAINTING", "OUTPAINTING", "IMAGE_VARIATION", "stability.stable-outpaint-v1:0"])
def test_rates_are_alike_for_every_task_and_prompt(task: str) -> None:
    for prompt in ("", "a green triangle"):
        found = [Edit(task=task, prompt=prompt, seed=seed, options=Options()).mishap for seed in range(SEEDS)]
        assert 0.15 * SEEDS <= sum(mishap is not None for mishap in found) <= 0.35 * SEEDS


def test_pixels_of_two_hundred_removals_show_the_mishaps_of_their_seeds() -> None:
    small, box = source(side_px=96), (10, 10, 40, 40)
    strength = black_changes(mask(box, inside=0, size_px=(96, 96)))
    picture = small.copy()
    picture.paste("red", (18, 18, 30, 30))
    seen: Counter[str] = Counter()
    for seed in range(SEEDS):
        result = inpaint(picture, strength, Edit(task="t", seed=seed, options=Options()))
        differs = changed(picture, result)
        is_red = np.ptp(levels(result)[20:28, 20:28], axis=-1).max() > 30
        strays = (differs & ~inside(box, (96, 96))).any()
        seen["missed" if not differs.any() else "too much" if strays else "trace" if is_red else "right"] += 1
    assert 0.65 * SEEDS <= seen["right"] <= 0.85 * SEEDS
    assert all(seen[mishap] >= 0.04 * SEEDS for mishap in Mishap)
