"""The image tasks from the command line: pictures beside an event and beside a manifest."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.harnesses.command import ROOT, Retake

EVENTS = ROOT / "events/tasks"
SAMPLES = sorted(EVENTS.glob("*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_of_a_task_when_run_then_its_source_is_copied_and_a_picture_is_judged(
    path: Path, retake: Retake
) -> None:
    done = retake("run", str(path), "--json", "--attempts", "4")

    assert done.code == 0, done.stderr
    folder = retake.folder / "out" / done.result["run_id"]
    event, recorded = json.loads(path.read_bytes()), json.loads((folder / "request.json").read_bytes())
    assert recorded["request"]["task_type"] == event.get("task_type", "TEXT_IMAGE")
    named = [*event.get("images", []), *(event[name] for name in event if name.endswith("_image"))]
    assert len(recorded["inputs"]) == len(named)
    for one in recorded["inputs"]:
        assert (folder / one["name"]).is_file() and one["source"].startswith("s3://retake-inputs/inputs/")
    assert not (retake.folder / "out/inputs").exists()


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("none.png", 'event.json: images[0]: "none.png": there is no such file; the path starts at the event\'s folder'),
        ("../a.png", 'event.json: images[0]: "../a.png" is not a path beside the event; '),
        ("/etc/passwd", 'event.json: images[0]: "/etc/passwd" is not a path beside the event; '),
        ("file:///etc/passwd", 'event.json: images[0]: "file:///etc/passwd" begins with file:, which is not read; '),
        ("https://example.com/a.png", "event.json: images[0]: "),
        ("s3://somebody/a.png", 'event.json: images[0]: this deployment may not read the bucket "somebody"; '),
        ("text.png", "event.json: images[0]: the file cannot be read as a picture; give a JPEG or PNG file"),
    ],
)  # fmt: skip
def test_picture_when_it_cannot_be_used_then_one_line_names_it_and_nothing_is_paid(
    named: str, fault: str, retake: Retake
) -> None:
    (retake.folder / "text.png").write_text("no picture", encoding="utf-8")
    done = retake("run", retake.event(task_type="BACKGROUND_REMOVAL", images=[named]))

    assert done.code == 2, done.stderr
    (line,) = done.errors
    assert line.startswith(f"retake: error: {fault}"), line
    assert done.stdout == "" and not list((retake.folder / "out").glob("*/r00"))


def test_picture_beside_a_manifest_when_a_batch_is_run_then_each_item_has_its_copy(retake: Retake) -> None:
    shutil.copytree(EVENTS / "pictures", retake.folder / "shots")
    cut_out = {"task_type": "BACKGROUND_REMOVAL", "images": ["shots/circle.png"]}
    lines = [{"id": "good", **cut_out}, {"id": "gone", **cut_out, "images": ["shots/none.png"]}]
    lines.append({"id": "outside", **cut_out, "images": ["../circle.png"]})
    done = retake("batch", retake.manifest(lines), "--json")

    assert done.code == 1, done.stderr
    rows = {row["item_id"]: row for row in map(json.loads, _results(retake).read_text().splitlines())}
    assert rows["good"]["status"] == "ACCEPTED", rows["good"]
    assert rows["gone"]["error"] == "InvalidRequestError" and "shots/none.png does not exist" in rows["gone"]["message"]
    assert rows["outside"]["status"] == "REJECTED" and 'images[0]: "../circle.png"' in rows["outside"]["reason"]
    (copy,) = (retake.folder / "out").glob("*--good/inputs/images-1.png")
    assert copy.read_bytes() == (EVENTS / "pictures/circle.png").read_bytes()


def _results(retake: Retake) -> Path:
    (found,) = (retake.folder / "out").glob("batch/*/results.jsonl")
    return found
