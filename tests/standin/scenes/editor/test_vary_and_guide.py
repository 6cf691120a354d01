"""Variations resemble their source; conditions, palettes and references guide a new picture."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from standin import Options
from standin.scenes.editor import Edit, image_to_image, paint_in_colours, paint_in_style, paint_under_outlines, vary
from standin.scenes.editor.edit import Mishap
from standin.scenes.judge.detect_all import detect_picture
from tests.standin.edits import NO_MISTAKES, changed, levels, source

SIZE_PX = (512, 512)
SOURCE = source()
LAND = source("a house, a lake, a snowy mountain, a sunset sky")


def edit(prompt: str = "", seed: int = 1, options: Options = NO_MISTAKES, candidate: int = 0) -> Edit:
    """Return an edit."""
    return Edit(task="t", prompt=prompt, seed=seed, options=options, candidate=candidate)


def mishap_edit(mishap: Mishap, prompt: str = "") -> Edit:
    """Return an edit that goes wrong in a given way, apart from the painter's mistakes."""
    edits = (edit(prompt, seed, Options()) for seed in range(400))
    return next(one for one in edits if one.mishap is mishap)


def shown(picture: Image.Image) -> Counter[tuple[str, str | None]]:
    """Return the things that the judge sees, with their colours."""
    return Counter((one.thing, one.colour) for one in detect_picture(picture).found)


@pytest.mark.parametrize("similarity", [0.2, 0.7, 1.0])
@pytest.mark.parametrize("size_px", [(512, 512), (768, 384)])
def test_variation_shows_the_same_things_in_other_pixels(similarity: float, size_px: tuple[int, int]) -> None:
    results = [vary([SOURCE], similarity, size_px, edit(seed=seed)) for seed in range(4)]
    assert [one.size for one in results] == [size_px] * 4
    assert [shown(one) for one in results] == [shown(SOURCE)] * 4
    if size_px == SIZE_PX:
        assert all(changed(SOURCE, one).mean() > 0.5 for one in results)
    assert len({one.tobytes() for one in results}) > 1


def test_less_similar_means_more_difference() -> None:
    near, far = (levels(vary([SOURCE], similarity, SIZE_PX, edit())) for similarity in (1.0, 0.2))
    assert np.abs(far - levels(SOURCE)).mean() > np.abs(near - levels(SOURCE)).mean()


def test_variation_takes_each_of_several_pictures_in_turn() -> None:
    found = [shown(vary([SOURCE, LAND], 0.7, SIZE_PX, edit(seed=1, candidate=number))) for number in range(8)]
    assert {bool(one[("circle", "red")]) for one in found} == {True, False}


def test_variation_adds_what_the_prompt_names() -> None:
    assert shown(vary([SOURCE], 0.7, SIZE_PX, edit("a green star")))[("star", "green")] == 1


def test_missed_variation_is_a_copy_and_too_much_is_another_picture() -> None:
    assert not changed(SOURCE, vary([SOURCE], 0.7, SIZE_PX, mishap_edit(Mishap.MISSED))).any()
    assert shown(vary([SOURCE], 0.7, SIZE_PX, mishap_edit(Mishap.TOO_MUCH))) != shown(SOURCE)


def test_image_to_image_goes_from_the_image_to_the_prompt() -> None:
    assert not changed(SOURCE, image_to_image(SOURCE, 0, edit("a green star"))).any()
    assert shown(image_to_image(SOURCE, 0.5, edit("a green star"))) == shown(SOURCE) + Counter({("star", "green"): 1})
    assert shown(image_to_image(SOURCE, 1, edit("a green star"))) == Counter({("star", "green"): 1})


def outline_share(picture: Image.Image, condition: Image.Image) -> float:
    """Return the share of the condition's outlines at which the picture has a step of brightness, too."""
    steps = []
    for one in (picture, condition):
        grey = np.asarray(one.convert("L").resize((256, 256), Image.Resampling.BOX), dtype=np.float32)
        steps.append(
            np.abs(np.diff(grey, axis=0, prepend=grey[:1])) + np.abs(np.diff(grey, axis=1, prepend=grey[:, :1]))
        )
    return float((steps[0] > 8)[steps[1] > 30].mean())


def test_condition_keeps_its_outlines_by_its_strength() -> None:
    with_lines = paint_under_outlines(LAND, 1.0, SIZE_PX, edit("a red circle, a green star"))
    assert outline_share(with_lines, LAND) > 0.6
    assert shown(with_lines) == Counter({("circle", "red"): 1, ("star", "green"): 1})
    without = paint_under_outlines(LAND, 0.0, SIZE_PX, edit("a red circle, a green star"))
    assert outline_share(without, LAND) < 0.3
    missed = paint_under_outlines(LAND, 1.0, SIZE_PX, mishap_edit(Mishap.MISSED, "a red circle"))
    assert outline_share(missed, LAND) < 0.3


COLOURS = ["#203060", "#ffcc00", "#88bbee"]


def palette_share(picture: Image.Image) -> list[float]:
    """Return the share of the pixels that have each colour of the palette."""
    pixels = levels(picture)
    given = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in COLOURS]
    return [float((np.abs(pixels - np.array(colour)).max(axis=-1) < 3).mean()) for colour in given]


def test_palette_gives_nearly_all_colours_of_the_picture() -> None:
    picture = paint_in_colours(COLOURS, SIZE_PX, edit("a yellow circle, a yellow star"))
    assert sum(palette_share(picture)) > 0.9
    assert all(share > 0.02 for share in palette_share(picture))
    assert shown(picture)[("circle", "yellow")] == 1


def test_missed_palette_has_other_colours() -> None:
    picture = paint_in_colours(COLOURS, SIZE_PX, mishap_edit(Mishap.MISSED, "a circle, a star"))
    assert sum(palette_share(picture)) < 0.3


def test_style_takes_the_references_mean_colours_by_its_fidelity() -> None:
    reference = Image.new("RGB", (128, 128), (90, 120, 160))

    def distance(fidelity: float) -> float:
        picture = paint_in_style(reference, fidelity, SIZE_PX, edit("a red circle"))
        assert shown(picture)[("circle", "red")] == 1
        return float(np.abs(levels(picture).mean(axis=(0, 1)) - (90, 120, 160)).max())

    assert distance(1.0) < distance(0.0)
    assert distance(1.0) < 20
