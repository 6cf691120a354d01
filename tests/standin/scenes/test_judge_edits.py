"""The judge beside a source: what had to stay, what had to go, and what surrounds the subject."""

import io

import pytest
from PIL import Image

from standin import Options
from standin.scenes.editor import (
    Edit,
    black_changes,
    extend,
    inpaint,
    outpaint,
    paint_in_style,
    paint_under_outlines,
    remove_background,
    search_recolor,
    search_replace,
    vary,
)
from standin.scenes.editor.edit import Mishap
from standin.scenes.judge import judge
from standin.scenes.judge.detect_all import detect_picture
from tests.standin.edits import NO_MISTAKES, mask, source

KEPT = "everything outside the edited part is as in the source"
GONE = "the thing that stood at the edited part of the source is gone, and no new thing stands there"
FILLED = "the place of the removed thing looks like its surroundings"
WHOLE = "the main subject of the source is complete"
BARE = "nothing of the source's background is left"
SOURCE = source()
CIRCLE = next(one for one in detect_picture(SOURCE).found if one.thing == "circle")
X, Y = round(CIRCLE.x * 512), round(CIRCLE.y * 512)
STRENGTH = black_changes(mask((X - 90, Y - 90, X + 90, Y + 90), inside=0))


def file_of(picture: Image.Image, file_format: str = "PNG") -> bytes:
    """Return the picture's file."""
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **({"quality": 92} if file_format == "JPEG" else {}))
    return buffer.getvalue()


def verdict(
    candidate: Image.Image, *texts: str, of: Image.Image = SOURCE, file_format: str = "PNG"
) -> list[bool | None]:
    """Return for each requirement whether it is met; None for one that the judge cannot decide."""
    data = {"candidates": 1, "requirements": [{"id": f"r{n}", "text": text} for n, text in enumerate(texts)]}
    answer = judge([file_of(candidate, file_format)], data, [file_of(of)])
    return [one["met"] if one["certain"] else None for one in answer["checks"]]


def removed(mishap: Mishap | None) -> Image.Image:
    """Return the source without its circle, or with a mishap."""
    options = Options(error_rate=1 if mishap else 0)
    edits = (Edit(task="INPAINTING", seed=seed, options=options) for seed in range(99))
    return inpaint(SOURCE, STRENGTH, next(edit for edit in edits if edit.mishap is mishap))


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_right_removal_meets_everything(file_format: str) -> None:
    assert verdict(removed(None), KEPT, GONE, FILLED, "no red circle", file_format=file_format) == [True] * 4


@pytest.mark.parametrize(
    ("mishap", "kept", "gone", "filled"),
    [(Mishap.TOO_MUCH, False, None, None), (Mishap.MISSED, True, False, False), (Mishap.TRACE, True, None, False)],
)
def test_each_mishap_of_a_removal_fails(mishap: Mishap, kept: bool, gone: bool | None, filled: bool | None) -> None:
    found = verdict(removed(mishap), KEPT, GONE, FILLED)
    assert [None if wanted is None else seen for wanted, seen in zip((kept, gone, filled), found, strict=True)] == [
        kept,
        gone,
        filled,
    ]
    assert not all(found)


def test_thing_in_place_of_the_removed_one_is_not_gone() -> None:
    picture = inpaint(SOURCE, STRENGTH, Edit(task="t", prompt="a green star", seed=1, options=NO_MISTAKES))
    assert verdict(picture, GONE, "a green star", KEPT) == [False, True, True]


def test_thing_missing_elsewhere_is_not_kept() -> None:
    other = source("a red circle on the left", 512)
    picture = removed(None)
    picture.paste(other.crop((300, 0, 512, 512)), (300, 0))
    assert verdict(picture, KEPT) == [False] or verdict(picture, "a blue square") == [False]


def test_article_of_a_named_thing_is_left_out() -> None:
    assert verdict(removed(None), "no the red circle", "no the blue square") == [True, False]


def test_background_removal_is_judged_by_its_transparency() -> None:
    cut = remove_background(SOURCE, Edit(task="t", seed=None, options=NO_MISTAKES))
    assert verdict(cut, BARE, WHOLE) == [True, True]
    assert verdict(SOURCE, BARE, WHOLE) == [False, True]
    half = cut.copy()
    half.paste((0, 0, 0, 0), (0, 0, 256, 512))
    assert verdict(half, BARE, WHOLE) == [True, False]
    on_white = Image.new("RGB", cut.size, "white")
    on_white.paste(cut, mask=cut.getchannel("A"))
    assert verdict(on_white, BARE) == [True]


EXTENDED = "the area that the source shows is unchanged"
SEAM = "the new surroundings continue the source without a visible border"
SUBJECT = "the main subject of the source is unchanged"
RECOLOURED = "nothing but the colour of this has changed from the source: {}"
ALIKE = "the main subject is the same as in the source"
COMPOSITION = "the composition follows the source"
STYLE = "the style is that of the source"


def edit_of(mishap: Mishap | None, prompt: str = "") -> Edit:
    """Return an edit with this mishap."""
    options = Options() if mishap else NO_MISTAKES
    edits = (Edit(task="t", prompt=prompt, seed=seed, options=options) for seed in range(400))
    return next(edit for edit in edits if edit.mishap is mishap)


@pytest.mark.parametrize("sides", [(100, 60, 0, 0), (0, 37, 211, 13)])
def test_extension_is_found_in_the_larger_picture(sides: tuple[int, int, int, int]) -> None:
    assert verdict(extend(SOURCE, *sides, edit_of(None)), EXTENDED, SEAM) == [True, True]
    assert verdict(extend(SOURCE, *sides, edit_of(Mishap.TOO_MUCH)), EXTENDED) == [False]
    assert verdict(extend(SOURCE, *sides, edit_of(Mishap.MISSED)), EXTENDED, SEAM) == [True, False]
    assert verdict(extend(SOURCE, *sides, edit_of(Mishap.TRACE)), EXTENDED, SEAM) == [True, False]


def test_kept_subject_may_be_one_of_several_things() -> None:
    strength = 1 - STRENGTH
    assert verdict(outpaint(SOURCE, strength, edit_of(None, "a night sky")), SUBJECT, SEAM) == [True, False]
    assert verdict(outpaint(SOURCE, strength, edit_of(None)), SUBJECT, SEAM) == [True, True]
    assert verdict(source("a red circle, a blue square", 512), SUBJECT) == [False]


def test_recolouring_changes_nothing_but_the_colour() -> None:
    right = search_recolor(SOURCE, "the red circle", 5, edit_of(None, "green"))
    assert verdict(right, RECOLOURED.format("the red circle"), "a green circle") == [True, True]
    repainted = search_recolor(SOURCE, "the red circle", 5, edit_of(Mishap.TOO_MUCH, "green"))
    assert verdict(repainted, RECOLOURED.format("the red circle")) == [False]
    replaced = search_replace(SOURCE, "the red circle", 5, edit_of(None, "a green star"))
    assert verdict(replaced, RECOLOURED.format("the red circle")) == [False]
    assert verdict(right, RECOLOURED.format("the velvet cat")) == [None]


def test_variation_is_alike_and_another_picture_is_not() -> None:
    assert verdict(vary([SOURCE], 0.7, (512, 512), edit_of(None)), ALIKE) == [True]
    assert verdict(vary([SOURCE], 0.7, (768, 384), edit_of(None)), ALIKE) == [True]
    assert verdict(vary([SOURCE], 0.7, (512, 512), edit_of(Mishap.TOO_MUCH)), ALIKE) == [False]
    assert verdict(source("a yellow star"), ALIKE) == [False]


def test_composition_is_the_outlines() -> None:
    land = source("a house, a lake, a snowy mountain, a sunset sky")
    kept = paint_under_outlines(land, 0.7, (512, 512), edit_of(None, "a red circle"))
    assert verdict(kept, COMPOSITION, of=land) == [True]
    assert verdict(source("a red circle"), COMPOSITION, of=land) == [False]
    assert verdict(kept, COMPOSITION, of=Image.new("RGB", (512, 512), "white")) == [None]


def test_style_is_the_mean_colour() -> None:
    blue = Image.new("RGB", (256, 256), (60, 90, 150))
    assert verdict(paint_in_style(blue, 0.7, (512, 512), edit_of(None, "a red circle")), STYLE, of=blue) == [True]
    assert verdict(SOURCE, STYLE, of=blue) == [False]


def test_unknown_requirement_stays_uncertain_beside_a_source() -> None:
    assert verdict(SOURCE, "the mood of the source is melancholic") == [None]


def test_without_a_source_a_check_of_an_edit_is_uncertain() -> None:
    answer = judge([file_of(SOURCE)], {"requirements": [{"id": "r1", "text": KEPT}]})
    assert [one["certain"] for one in answer["checks"]] == [False]
