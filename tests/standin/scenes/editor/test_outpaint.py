"""Outpainting keeps the picture's own pixels and continues its background."""

import numpy as np
import pytest
from PIL import Image

from standin import Options
from standin.scenes.editor import Edit, extend, outpaint
from standin.scenes.editor.edit import Mishap
from standin.scenes.judge.detect_all import detect_picture
from tests.standin.edits import NO_MISTAKES, changed, inside, levels, source

SOURCE = source()
LAND = source("a house, a lake, a snowy mountain, a sunset sky")


def extended(
    picture: Image.Image = SOURCE, prompt: str = "", seed: int = 1, options: Options = NO_MISTAKES
) -> Image.Image:
    """Return the picture with 100 px more on the left, 200 on the right, 60 above and 40 below."""
    return extend(picture, 100, 200, 60, 40, Edit(task="outpaint", prompt=prompt, seed=seed, options=options))


def test_own_pixels_stay_and_the_size_grows() -> None:
    result = extended()
    assert result.size == (812, 612)
    assert not changed(SOURCE, result.crop((100, 60, 612, 572))).any()


@pytest.mark.parametrize("picture", [SOURCE, LAND])
def test_background_goes_on_without_a_step(picture: Image.Image) -> None:
    result = levels(extended(picture))
    rows, columns = np.s_[60:572], np.s_[100:612]
    steps = [
        np.abs(result[rows, 99] - result[rows, 100]),
        np.abs(result[rows, 611] - result[rows, 612]),
        np.abs(result[59, columns] - result[60, columns]),
        np.abs(result[571, columns] - result[572, columns]),
    ]
    assert [float(np.median(step)) <= 8 for step in steps] == [True] * 4


def test_things_of_the_prompt_stand_in_the_new_part() -> None:
    found = detect_picture(extended(prompt="a green star")).of("star")
    assert [one.colour for one in found] == ["green"]
    assert found[0].x > 612 / 812
    assert [one.thing for one in detect_picture(extended()).found] == [
        one.thing for one in detect_picture(SOURCE).found
    ]


def test_mask_keeps_what_has_the_strength_0() -> None:
    box = (150, 150, 350, 350)
    strength = 1 - inside(box).astype(np.float32)
    result = outpaint(
        SOURCE, strength, Edit(task="t", prompt="a green meadow, a night sky", seed=1, options=NO_MISTAKES)
    )
    assert not (changed(SOURCE, result) & inside(box)).any()
    assert detect_picture(result).time == "night"


def test_mishaps_repaint_the_source_leave_blanks_or_seams() -> None:
    def seed_of(mishap: Mishap) -> int:
        edits = (Edit(task="outpaint", seed=seed, options=Options()) for seed in range(200))
        return next(edit.seed or 0 for edit in edits if edit.mishap is mishap)

    frame = (100, 60, 612, 572)
    repainted = extended(seed=seed_of(Mishap.TOO_MUCH), options=Options())
    assert changed(SOURCE, repainted.crop(frame)).mean() > 0.8
    blank = levels(extended(seed=seed_of(Mishap.MISSED), options=Options()))
    assert (blank[:60] == 128).all()
    seam = levels(extended(seed=seed_of(Mishap.TRACE), options=Options()))
    assert float(np.median(np.abs(seam[60:572, 99] - seam[60:572, 100]))) > 12
