"""A labelled file that cannot be used is refused by line and field, before anything is paid."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from retake.calibration.labelled import LabelledError, read_labelled
from tests.support.harnesses.command import Retake

GOOD = {"text": "a cup", "met": True}
# Nothing listens on this port: a call to Bedrock would fail.
NOWHERE = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:9"}


def line(*requirements: Any, image: Any = "cup.png", **more: Any) -> str:
    return json.dumps({"image": image, "requirements": list(requirements), **more})


BAD = {
    "": "holds no line; give one a picture",
    f"{line(GOOD)}\n\n{line(GOOD)}": "line 2: is empty; remove it, or give the picture that is missing",
    f"{line(GOOD)}\n{{": "line 2: is not JSON: column 2: ",
    '{"image": NaN}': "line 1: is not JSON: NaN is not a JSON number",
    f'{line(GOOD)}\n{{"image": {"[" * 900}{"]" * 900}}}': "line 2: is nested too deeply",
    f'{{"image": {"9" * 5000}}}': "line 1: holds a number of more than 300 digits",
    "[1]": "line 1: [1] is not an object; give one with image and requirements",
    '{"image": "cup.png"}': "line 1: requirements: is missing",
    '{"requirements": []}': "line 1: image: is missing",
    '{"image": "cup.png", "image": "b.png"}': 'line 1: has the field "image" twice; keep one',
    line(GOOD, imagge="b.png"): "line 1: imagge: there is no such field; did you mean image?",
    line(GOOD, image=7): "line 1: image: 7 is not a text",
    f"{line(GOOD)}\n{line(GOOD, image='gone.png')}": 'line 2: image: there is no file "gone.png"',
    line(GOOD, image="text.png"): 'line 1: image: "text.png" cannot be read as a picture; give a PNG or JPEG',
    line(GOOD, image="half.png"): 'line 1: image: "half.png" cannot be read as a picture',
    line(GOOD, image="."): 'line 1: image: "." cannot be read as a picture',
    line(GOOD, image="a\0b.png"): "line 1: image: ",
    line(): "line 1: requirements: has 0 items; give 1 to 40",
    line(*[GOOD] * 41): "line 1: requirements: has 41 items; give 1 to 40",
    '{"image": "cup.png", "requirements": "a cup"}': 'line 1: requirements: "a cup" is not a list',
    line("a cup"): 'line 1: requirements[0]: "a cup" is not an object; give one with text and met',
    line(GOOD, {"text": "a saucer"}): "line 1: requirements[1].met: is missing; say true or false",
    line({"text": "a cup", "met": "yes"}): 'line 1: requirements[0].met: "yes" is not true or false',
    line({**GOOD, "certain": False}): "line 1: requirements[0].met: is true, though certain is false",
    line({**GOOD, "certain": 1}): "line 1: requirements[0].certain: 1 is not true or false",
    line({"met": True}): "line 1: requirements[0].text: is missing",
    line({**GOOD, "kind": "colour"}): 'line 1: requirements[0].kind: "colour" is not one of its values; give object or',
    line({**GOOD, "id": "a b"}): 'line 1: requirements[0].id: "a b" cannot be an id',
    line({**GOOD, "id": "x"}, {**GOOD, "id": "x"}): "line 1: requirements[1].id: 'x' is also the id of requirements[0]",
    line(GOOD, {**GOOD, "id": "r1"}): "line 1: requirements[1].id: 'r1' is also the id of requirements[0]",
    line({**GOOD, "lable": 1}): "line 1: requirements[0].lable: there is no such field",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures, good and bad."""
    Image.effect_noise((64, 64), 50).save(tmp_path / "cup.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "cup.png").read_bytes()[:-900])
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    return tmp_path


def refusal(folder: Path, text: str | bytes) -> str:
    path = folder / "labelled.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LabelledError) as raised:
        read_labelled(path)
    said = str(raised.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


@pytest.mark.parametrize("text", list(BAD), ids=range(len(BAD)))
def test_a_bad_line_is_named_with_its_field(folder: Path, text: str) -> None:
    assert refusal(folder, text).startswith(BAD[text])


def test_a_file_that_is_not_utf_8_or_missing_is_refused(folder: Path) -> None:
    assert refusal(folder, b'{"image": "\xff"}').startswith("line 1: is not UTF-8")
    with pytest.raises(LabelledError, match=r"none.jsonl: cannot be read \(No such file"):
        read_labelled(folder / "none.jsonl")


def test_a_good_line_may_contradict_itself_and_leave_id_kind_and_question_out(folder: Path) -> None:
    path = folder / "labelled.jsonl"
    rows = [
        {"text": "two cups", "met": True, "kind": "count"},
        {"text": "three cups", "met": False, "kind": "count", "certain": False},
        GOOD,
    ]
    path.write_bytes(b"\xef\xbb\xbf" + line(*rows).encode() + b"\r\n\n")
    [picture] = read_labelled(path)
    assert picture.met == (True, False, True)
    assert picture.certain == (True, False, True)
    assert [(one.id, one.kind) for one in picture.requirements] == [("r1", "count"), ("r2", "count"), ("r3", "other")]
    assert (picture.width_px, picture.height_px) == (64, 64)


def test_the_command_refuses_the_file_in_one_line_without_a_call(folder: Path, retake: Retake) -> None:
    (folder / "labelled.jsonl").write_text(line({"text": "a cup"}), encoding="utf-8")
    path = str(folder / "labelled.jsonl")
    for bedrock in ("local", "aws"):
        done = retake("calibrate", path, "--bedrock", bedrock, environment=NOWHERE)
        assert (done.code, done.stdout) == (2, "")
        assert done.stderr == (
            f"retake: error: {path}: line 1: requirements[0].met: is missing; say true or false, as a person sees the picture\n"
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "us.anthropic.claude-9"), "--model: no Claude model \"us.anthropic.claude-9\" is known"),
        (("--max-cost-usd", "0"), "--max-cost-usd: 0.0 is out of range; give a number above 0"),
        (("--max-cost-usd", "0.00001"), "--max-cost-usd: 1e-05 is less than the verdict on one picture can cost; give at least 0.0"),
        (("--max-cost-usd", "nan"), "--max-cost-usd: NaN is not a number"),
    ],
)  # fmt: skip
def test_a_bad_option_is_refused(labelled: Path, retake: Retake, options: tuple[str, ...], said: str) -> None:
    done = retake("calibrate", str(labelled), *options)
    assert (done.code, done.stdout) == (2, "")
    [error] = done.errors
    assert error.startswith(f"retake: error: {said}")
