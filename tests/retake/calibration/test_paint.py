"""The painted set: it has right and wrong pictures of every kind, is reproducible, and its labels are true."""

import io
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from retake.calibration.labelled import read_labelled
from retake.calibration.labels import derive_labels
from retake.calibration.paint import plan_picture
from standin.scenes.judge import judge
from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.painter.draw_plan import draw_plan
from standin.scenes.painter.plan import Item, Plan
from tests.support.factories.labelled import paint_set, read_lines
from tests.support.harnesses.command import Retake

KINDS = {"object", "count", "color", "position", "text", "setting", "absence", "style"}


def test_the_default_set_has_right_and_wrong_of_every_kind() -> None:
    found = Counter((label.kind, label.met) for number in range(1, 161) for label in plan_picture(number).labels)
    assert {kind for kind, _ in found} == KINDS
    assert min(found[kind, met] for kind in KINDS for met in (True, False)) >= 15


def test_a_set_is_the_same_every_time_and_the_start_of_a_larger_one(labelled: Path, tmp_path: Path) -> None:
    again = paint_set(tmp_path / "again", 3)
    assert read_lines(again) == read_lines(labelled)[:3]
    for line in read_lines(again):
        assert (again.parent / line["image"]).read_bytes() == (labelled.parent / line["image"]).read_bytes()


def test_the_command_paints_what_calibrate_reads_and_a_contact_sheet(retake: Retake) -> None:
    done = retake("paint-labelled", "set", "--pictures", "5", "--side-px", "96")
    assert (done.code, done.stdout) == (0, "set/labelled.jsonl\n")
    pictures = read_labelled(retake.folder / "set/labelled.jsonl")
    assert len(pictures) == 5
    assert {max(picture.width_px, picture.height_px) for picture in pictures} == {96}
    sheet = (retake.folder / "set/contact-sheet.html").read_text(encoding="utf-8")
    for picture in pictures:
        assert f'src="{picture.name}"' in sheet
    marks = Counter(re.findall('class="(.+?)"', sheet))
    met = [met for picture in pictures for met in picture.met]
    assert (marks["met"], marks["unmet"]) == (sum(met), len(met) - sum(met))


def test_an_existing_labelled_file_is_not_overwritten(labelled: Path, retake: Retake) -> None:
    before = labelled.read_bytes()
    done = retake("paint-labelled", str(labelled.parent))
    assert (done.code, done.stdout) == (2, "")
    assert done.errors == [f"retake: error: {labelled}: already exists; name another folder, or remove the file"]
    assert labelled.read_bytes() == before


@pytest.mark.parametrize("options", [("--pictures", "0"), ("--side-px", "9"), ("--pictures", "many")])
def test_a_bad_option_is_refused(retake: Retake, options: tuple[str, str]) -> None:
    assert retake("paint-labelled", "set", *options).code == 2
    assert not (retake.folder / "set").exists()


def test_a_file_in_place_of_the_folder_is_refused(retake: Retake) -> None:
    (retake.folder / "set").write_text("", encoding="utf-8")
    done = retake("paint-labelled", "set", "--pictures", "1")
    assert done.code == 2
    assert "cannot be written" in done.errors[0]


ITEMS = (
    Item(thing="circle", x=0.2, y=0.3, size=0.1, colour="red"),
    Item(thing="circle", x=0.3, y=0.7, size=0.1, colour="red"),
    Item(thing="square", x=0.8, y=0.4, size=0.1, colour="blue"),
    Item(thing="full moon", x=0.6, y=0.2, size=0.1),
    Item(thing="sign", x=0.5, y=0.9, size=0.1, lettering="OPEN"),
)
PLAN = Plan(time="night", grounds=frozenset({"sea", "meadow"}), has_shore=True, items=ITEMS)
RED, BLUE = ("circle", "red"), ("square", "blue")
LABELS = [
    (Want(thing="circle", colour="red", count=2), "count", "exactly two red circles", True),
    (Want(thing="circle", colour="red", count=3), "count", "exactly three red circles", False),
    (Want(thing="square", count=1), "count", "one square", True),
    (Want(thing="square", colour="red"), "color", "a red square", False),
    (Want(thing="square", colour="blue"), "color", "a blue square", True),
    (Want(thing="moon"), "object", "the moon", True),
    (Want(thing="crescent moon"), "object", "a crescent moon", False),
    (Want(thing="night"), "setting", "a night sky", True),
    (Want(thing="sunset"), "setting", "a sunset sky", False),
    (Want(thing="sea"), "setting", "the sea", True),
    (Want(thing="lake"), "setting", "a lake", False),
    (Want(thing="sign", lettering="OPEN"), "text", 'a sign that says "OPEN"', True),
    (Want(thing="sign", lettering="SHUT"), "text", 'a sign that says "SHUT"', False),
    (Want(thing="person", is_absent=True), "absence", "no people", True),
    (Want(thing="square", is_absent=True), "absence", "no squares", False),
    (Want(thing="circle", colour="red", count=2, place="left"), "position", "the two red circles are on the left side", True),
    (Want(thing="circle", colour="red", count=2, place="above"), "position", "the two red circles are at the top", False),
    (Want(thing="square", place="right"), "position", "the square is on the right side", True),
    (Want(thing="square", place="below"), "position", "the square is at the bottom", False),
    (Want(thing="heart", place="left"), "position", "the heart is on the left side", False),
]  # fmt: skip


@pytest.mark.parametrize(("want", "kind", "text", "met"), LABELS)
def test_a_label_follows_from_the_plan(want: Want, kind: str, text: str, met: bool) -> None:
    label = [*derive_labels(Scene(wants=(want,)), PLAN)][-1]
    assert (label.kind, label.text, label.met) == (kind, text, met)
    assert label.question.endswith("?")


@pytest.mark.parametrize(
    ("kind", "met"), [("left of", True), ("right of", False), ("above", False), ("below", False)]
)  # fmt: skip
def test_a_relation_holds_for_all_or_not_at_all(kind: str, met: bool) -> None:
    wants = (Want(thing="circle", colour="red"), Want(thing="square", colour="blue"))
    label = [*derive_labels(Scene(wants, (Relation(RED, kind, BLUE),)), PLAN)][-1]
    assert (label.kind, label.met) == ("position", met)


def test_the_labels_agree_with_a_judge_that_knows_only_pixels() -> None:
    agree = []
    for number in range(1, 31):
        picture = plan_picture(number)
        sides = [round(share * 320) for share in picture.aspect]
        file = io.BytesIO()
        draw_plan(picture.plan, random.Random(number), sides[0], sides[1]).save(file, "PNG")
        # This judge can read neither small lettering nor styles.
        asked = [label for label in picture.labels if label.kind not in ("style", "text")]
        data = {"requirements": [{"id": label.text, "text": label.text} for label in asked]}
        checks = judge([file.getvalue()], data)["checks"]
        agree += [check["met"] == label.met for check, label in zip(checks, asked, strict=True)]
    assert len(agree) > 150
    assert sum(agree) / len(agree) >= 0.98
