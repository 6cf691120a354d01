"""Background removal makes the background transparent and keeps the subject whole."""

import numpy as np
from PIL import Image

from standin import Options
from standin.scenes.editor import Edit, remove_background
from tests.standin.edits import levels, source

EDIT = Edit(task="BACKGROUND_REMOVAL", seed=None, options=Options())


def test_background_is_transparent_and_the_subject_opaque() -> None:
    picture = source("a red circle on a blue background")
    cut = remove_background(picture, EDIT)
    alpha = np.asarray(cut.getchannel("A"))
    red = (levels(picture)[..., 0] > 190) & (levels(picture)[..., 1] < 90)
    assert red.sum() > 1000
    assert cut.mode == "RGBA"
    assert (alpha[red] == 255).all()
    assert (alpha[:20] == 0).all()
    assert (levels(cut) == levels(picture)).all()


def test_holes_of_the_subject_stay_opaque() -> None:
    picture = Image.new("RGB", (256, 256), "white")
    picture.paste("black", (60, 60, 200, 200))
    picture.paste("white", (100, 100, 160, 160))
    alpha = np.asarray(remove_background(picture, EDIT).getchannel("A"))
    assert alpha[130, 130] == 255
    assert alpha[30, 30] == 0


def test_picture_without_a_subject_is_returned_opaque() -> None:
    cut = remove_background(Image.new("RGB", (128, 128), "white"), EDIT)
    assert cut.getchannel("A").getextrema() == (255, 255)


def test_task_without_a_seed_is_deterministic_and_fails_only_by_a_fault() -> None:
    picture = source()
    assert remove_background(picture, EDIT).tobytes() == remove_background(picture, EDIT).tobytes()
    wrong = Edit(task="BACKGROUND_REMOVAL", seed=None, options=Options(), fault="paint_wrong")
    assert remove_background(picture, wrong).getchannel("A").getextrema() == (255, 255)
