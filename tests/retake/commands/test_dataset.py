"""`retake dataset`: the limits of a training set, its warnings, and writing it again."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.support.harnesses.command import Done, Retake


def picture(seed: int, size: tuple[int, int] = (512, 512)) -> Image.Image:
    """Return a picture that looks like no picture of another seed."""
    dice = random.Random(seed)
    image = Image.new("RGB", size, tuple(dice.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        left, top = dice.randrange(size[0]), dice.randrange(size[1])
        box = (left, top, left + dice.randrange(60, 300), top + dice.randrange(60, 300))
        draw.rectangle(box, fill=tuple(dice.randrange(256) for _ in range(3)))
    return image


def folder_of(retake: Retake, count: int = 5, caption: str = "a picture of tiles number {number}") -> Path:
    """Write a folder of good pictures, each with a text file beside it."""
    folder = retake.folder / "photos"
    folder.mkdir()
    for number in range(count):
        picture(number).save(folder / f"p{number}.png")
        (folder / f"p{number}.txt").write_text(caption.format(number=number), encoding="utf-8")
    return folder


def make(retake: Retake, *arguments: str, code: int = 0) -> Done:
    """Run `retake dataset photos --out set`."""
    done = retake("dataset", "photos", "--out", "set", *arguments)
    assert done.code == code, done.stderr
    return done


def records(retake: Retake) -> list[dict[str, str]]:
    """Return the lines of the manifest."""
    text = (retake.folder / "set/train.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_folder_when_good_then_pictures_are_copied_unchanged_with_their_captions(retake: Retake) -> None:
    folder = folder_of(retake)

    done = make(retake)

    assert done.stdout == "set\n"
    assert [record["caption"] for record in records(retake)] == [f"a picture of tiles number {n}" for n in range(5)]
    copies = [(retake.folder / "set" / record["image-ref"]).read_bytes() for record in records(retake)]
    assert copies == [(folder / f"p{number}.png").read_bytes() for number in range(5)]
    assert "warning" not in done.stderr
    assert "next     retake finetune --dataset set --steps auto" in done.stderr


def test_set_when_made_again_then_only_what_is_missing_is_written(retake: Retake) -> None:
    folder_of(retake)
    first = make(retake, "--json").result
    before = (retake.folder / "set/train.jsonl").read_bytes()
    (retake.folder / "set" / records(retake)[0]["image-ref"]).unlink()

    again = make(retake, "--json").result

    assert (first["written"], again["written"]) == (5, 1)
    assert (first["digest"], before) == (again["digest"], (retake.folder / "set/train.jsonl").read_bytes())


def _save(name: str, size: tuple[int, int], **options: Any) -> Any:
    return lambda folder: picture(99, size).save(folder / name, **options)


@pytest.mark.parametrize(
    ("name", "write", "reason"),
    [
        ("x.png", _save("x.png", (511, 600)), "is 511x600 px; each side must have 512 to 4,096"),
        ("x.png", _save("x.png", (600, 4097)), "is 600x4097 px; each side must have 512 to 4,096"),
        ("x.png", _save("x.png", (4096, 3073)), "has 12,587,008 pixels; at most 12,582,912 are taken"),
        ("x.png", _save("x.png", (2052, 512)), "is 2052x512 px; the aspect must be between 1:4 and 4:1"),
        ("x.webp", _save("x.webp", (600, 600)), "is WEBP; save it as JPEG or PNG"),
        ("x.gif", _save("x.gif", (600, 600)), "is GIF; save it as JPEG or PNG"),
        ("x.png", lambda folder: (folder / "x.png").write_bytes(b"no"), "is not a picture that can be read"),
        (
            "x.png",
            lambda folder: (folder / "x.png").write_bytes((folder / "p1.png").read_bytes()[:-900]),
            "is damaged or cut off",
        ),
        (
            "x.png",
            lambda folder: (folder / "x.png").write_bytes((folder / "p1.png").read_bytes()),
            "is the same file as p1.png",
        ),
    ],
)
def test_picture_when_outside_a_limit_then_it_is_left_out_with_the_reason(
    retake: Retake, name: str, write: Any, reason: str
) -> None:
    folder = folder_of(retake)
    write(folder)
    (folder / "x.txt").write_text("a good caption", encoding="utf-8")

    done = make(retake, "--json")

    (refused,) = done.result["refused"]
    assert refused["name"] == name
    assert refused["reason"].startswith(reason)
    assert f"refused  {name}: {reason}" in done.stderr
    assert len(records(retake)) == 5


@pytest.mark.parametrize(
    ("caption", "reason"),
    [
        (None, "has no caption"),
        ("  \n", "has no caption"),
        ("ab", "its caption has 2 characters; give 3 to 1,024"),
        ("x" * 1025, "its caption has 1,025 characters; give 3 to 1,024"),
    ],
)
def test_caption_when_missing_or_outside_the_limits_then_its_picture_is_left_out(
    retake: Retake, caption: str | None, reason: str
) -> None:
    folder = folder_of(retake)
    picture(9).save(folder / "x.jpg")
    if caption is not None:
        (folder / "x.txt").write_text(caption, encoding="utf-8")

    assert make(retake, "--json").result["refused"] == [{"name": "x.jpg", "reason": reason}]


@pytest.mark.parametrize("name", ["captions.csv", "captions.jsonl"])
def test_captions_file_when_in_the_folder_then_it_wins_over_text_files_and_names_what_is_missing(
    retake: Retake, name: str
) -> None:
    folder = folder_of(retake)
    rows = [("p0.png", "a better caption"), ("gone.png", "nothing")]
    if name.endswith(".csv"):
        text = "file_name,caption\n" + "".join(f"{file},{caption}\n" for file, caption in rows)
    else:
        text = "".join(json.dumps({"file_name": file, "caption": caption}) + "\n" for file, caption in rows)
    (folder / name).write_text(text, encoding="utf-8")

    done = make(retake, "--json")

    assert records(retake)[0]["caption"] == "a better caption"
    assert [one["name"] for one in done.result["refused"]] == ["gone.png"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("file_name,words\np0.png,x\n", "captions.csv: line 2: needs one of file_name"),
        ("", "captions.csv: has no captions"),
        ("file_name,caption\np0.png,one\np0.png,two\n", "captions.csv: line 3: p0.png has two captions; keep one"),
    ],
)
def test_captions_file_when_broken_then_nothing_is_written(retake: Retake, text: str, fault: str) -> None:
    (folder_of(retake) / "captions.csv").write_text(text, encoding="utf-8")

    assert fault in make(retake, code=2).stderr
    assert not (retake.folder / "set").exists()


def test_set_when_too_small_then_it_is_refused_and_the_refused_pictures_are_named(retake: Retake) -> None:
    folder = folder_of(retake, 5)
    (folder / "p3.txt").unlink()

    done = make(retake, code=2)

    assert done.errors == ["retake: error: the set has 4 pictures that can be used; give 5 to 10,000"]
    assert "refused  p3.png: has no caption" in done.stderr
    assert not (retake.folder / "set").exists()


def test_near_duplicates_when_many_then_too_little_variety_is_warned_of(retake: Retake) -> None:
    folder = folder_of(retake)
    for number in (0, 1):
        with Image.open(folder / f"p{number}.png") as image:
            image.resize((700, 700)).save(folder / f"q{number}.jpg", quality=80)
        (folder / f"q{number}.txt").write_text(f"tiles again, {number}", encoding="utf-8")

    done = make(retake)

    assert "warning  2 of 7 pictures nearly repeat another: q0.jpg is like p0.png; q1.jpg is like p1.png" in done.stderr
    assert "warning  too little variety" in done.stderr
    assert len(records(retake)) == 7


@pytest.mark.parametrize(
    ("caption", "options", "warning"),
    [
        ("a photo of Ron on a beach, {number}", (), "5 of 5 captions name 'Ron' but not its class"),
        ("a photo of Ron on a beach, {number}", ("--subject", "Ron the dog"), "write 'Ron the dog'"),
        ("a photo of Bob the cat, {number}", ("--subject", "Ron the dog"), "no caption names 'Ron'"),
        ("a photo of Ron the dog, {number}", (), None),
        ("a dog named Ron, {number}", (), None),
        ("The dog Ron sleeps, {number}", ("--subject", "Ron the dog"), None),
        ("The red tiles. The blue tiles, {number}", (), None),
    ],
)
def test_subject_when_named_without_its_class_then_a_warning_says_so(
    retake: Retake, caption: str, options: tuple[str, ...], warning: str | None
) -> None:
    folder_of(retake, caption=caption)

    done = make(retake, *options)

    assert (warning in done.stderr) if warning else ("warning" not in done.stderr), done.stderr


def test_captions_when_all_the_same_then_a_warning_says_so(retake: Retake) -> None:
    folder_of(retake, caption="tiles in a room")

    assert "warning  5 of 5 captions are the same ('tiles in a room')" in make(retake).stderr


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("photos", "--out", "photos/set"), "--out photos/set: is inside photos"),
        (("photos", "last", "--out", "set"), "photos: give one folder, or runs and batches, not both"),
        (("nowhere/photos", "--out", "set"), "nowhere/photos: there is no such folder"),
        (("photos", "--out", "s3://"), "--out s3://: is not an S3 address"),
        (("photos", "--out", "set", "--stack", "Retake"), "--stack: photos is a folder on this machine"),
        (("photos", "--out", "set", "--subject", "Ron"), "--subject 'Ron': give the name and its class"),
        (("aurora", "--out", "set"), 'out holds no run or batch "aurora"'),
    ],
)
def test_command_line_when_it_cannot_work_then_one_line_says_why(
    retake: Retake, arguments: tuple[str, ...], error: str
) -> None:
    folder_of(retake)

    done = retake("dataset", *arguments)

    assert done.code == 2
    assert len(done.errors) == 1
    assert error in done.stderr


def test_runs_when_accepted_then_their_pictures_and_final_prompts_are_the_set(retake: Retake) -> None:
    lines = [
        {"id": f"i{number}", "prompt": f"{number + 1} red circles", "titan_img_seed": number + 1} for number in range(5)
    ]
    lines.append({"id": "bad", "prompt": "forbidden", "max_prompt_revisions": 0})
    assert retake("batch", retake.manifest(lines), "--out", "out").code == 1
    (batch,) = (retake.folder / "out/batch").iterdir()
    (retake.folder / "words.jsonl").write_text(
        json.dumps({"run_id": f"{batch.name}--i0", "caption": "one red circle, by hand"}) + "\n", encoding="utf-8"
    )

    done = retake("dataset", batch.name, "--out", "set", "--captions", "words.jsonl")

    assert done.code == 0, done.stderr
    assert len(records(retake)) == 5
    assert records(retake)[0]["caption"] == "one red circle, by hand"
    results = [json.loads((retake.folder / f"out/{batch.name}--i{n}/result.json").read_bytes()) for n in range(1, 5)]
    assert [record["caption"] for record in records(retake)[1:]] == [result["final_prompt"] for result in results]
    assert f"refused  {batch.name}--bad: ended BLOCKED, not ACCEPTED" in done.stderr
    assert "5 of 5 pictures were painted by the stand-in" in done.stderr
