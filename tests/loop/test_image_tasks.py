"""The image tasks in the shipped loop, against the stand-in over HTTP: from source pictures in S3 to a verdict."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from retake.emulator.cloud import LocalCloud
from tests.support.factories.source_pictures import decode, encode
from tests.support.harnesses.command import ROOT
from tests.support.harnesses.local_cloud import BUCKET
from tests.support.harnesses.loop import EndedRun, run

PICTURES = ROOT / "events/tasks/pictures"
SHAPES, MASK, CIRCLE = (f"s3://{BUCKET}/sources/{name}.png" for name in ("shapes", "circle-mask", "circle"))
INPAINT = {"task_type": "INPAINTING", "prompt": "a green triangle", "images": [SHAPES], "mask_image": MASK}
CUT_OUT = {"task_type": "BACKGROUND_REMOVAL", "images": [CIRCLE]}
TITAN = "amazon.titan-image-generator-v2:0"


def upload(cloud: LocalCloud) -> None:
    for path in PICTURES.glob("*.png"):
        cloud.clients.s3.put_object(Bucket=BUCKET, Key=f"sources/{path.name}", Body=small(path))


def small(path: Path) -> bytes:
    """Return the picture at half its size: the harness gives a call two seconds."""
    picture = decode(path.read_bytes())
    return encode(picture.resize((256, 256), Image.Resampling.NEAREST))


def ended(
    out: Path, event: dict[str, Any], before_start: Callable[[LocalCloud], object] = upload, **options: Any
) -> EndedRun:
    return run(out, event, before_start=before_start, stand_in_options={"picture_side_px": None}, **options)


def test_an_inpainting_goes_from_its_sources_to_a_verdict(tmp_path: Path) -> None:
    done = ended(tmp_path, INPAINT)
    assert done.answer["status"] == "ACCEPTED"
    assert done.answer["image_model_id"] == "stability.stable-image-inpaint-v1:0"
    assert {check["id"]: check["met"] for check in done.answer["verdict"]["checks"]} == {
        "r1": True,
        "task-kept": True,
        "pixels-kept": True,
    }
    computed = [check for check in done.json("r00/a01/verdict.json")["checks"] if check.get("by") == "pixels"]
    assert [check["id"] for check in computed] == ["pixels-kept"] and "CIELAB" in computed[0]["observed"]
    inputs = {one["picture"]: one for one in done.json("request.json")["inputs"]}
    for name, source in {"images-1": "shapes", "mask_image": "circle-mask"}.items():
        copy = (done.folder / inputs[name]["name"]).read_bytes()
        assert inputs[name]["sha256"] == hashlib.sha256(copy).hexdigest()
        assert inputs[name]["source"].endswith(f"/{source}.png")
    assert (done.folder / "inputs/images-1.png").read_bytes() == small(PICTURES / "shapes.png")
    assert done.paid() == (1, 1, 1, 0, 0)


def test_titan_inpaints_the_same_event_with_the_same_mask(tmp_path: Path) -> None:
    done = ended(tmp_path, {**INPAINT, "image_model_id": TITAN})
    assert done.answer["status"] == "ACCEPTED", done.answer


def test_a_background_removal_has_no_prompt_and_one_attempt(tmp_path: Path) -> None:
    done = ended(tmp_path, CUT_OUT)
    assert done.answer["status"] == "ACCEPTED"
    assert [check["id"] for check in done.answer["verdict"]["checks"]] == [
        "task-whole",
        "task-bare",
        "pixels-transparent",
    ]
    assert done.paid() == (0, 1, 1, 0, 0)
    assert any("there is one attempt" in warning for warning in done.answer["warnings"])


def test_a_task_without_a_seed_is_not_retried_and_ends_with_its_reason(tmp_path: Path) -> None:
    never = [{"id": "r1", "text": "a blue square"}]
    done = ended(tmp_path, {**CUT_OUT, "requirements": never, "max_retry_attempts": 4, "max_prompt_revisions": 2})
    assert done.answer["status"] == "EXHAUSTED"
    assert done.paid() == (0, 1, 1, 0, 0)


def test_a_removal_is_retried_with_other_seeds_and_never_revised(tmp_path: Path) -> None:
    event = {"task_type": "INPAINTING", "images": [SHAPES], "mask_image": MASK, "image_model_id": TITAN}
    never = [{"id": "r1", "text": "two green triangles"}]
    done = ended(tmp_path, {**event, "requirements": never, "max_retry_attempts": 3})
    assert done.answer["status"] == "EXHAUSTED"
    assert done.paid() == (0, 3, 3, 0, 0)
    seeds = {done.json(f"r00/a{number:02d}/attempt.json")["seed"] for number in (1, 2, 3)}
    assert len(seeds) == 3


def test_a_blocked_source_ends_the_run_at_once(tmp_path: Path) -> None:
    done = ended(tmp_path, INPAINT, faults=({"on": "image", "fault": "filter_input"},))
    assert done.answer["status"] == "BLOCKED"
    assert done.json("r00/a01/attempt.json")["outcome"] == "BLOCKED_INPUT"
    assert done.paid() == (1, 1, 0, 0, 0)


def test_a_missing_source_and_a_faulty_mask_are_refused_unpaid(tmp_path: Path) -> None:
    def upload_grey(cloud: LocalCloud) -> None:
        upload(cloud)
        cloud.clients.s3.put_object(Bucket=BUCKET, Key="sources/circle-mask.png", Body=b"no picture")

    missing = ended(tmp_path / "one", {**INPAINT, "images": [f"s3://{BUCKET}/sources/none.png"]})
    assert missing.outcome.error == "InvalidRequestError"
    assert missing.answer["message"].startswith(f"images[0]: s3://{BUCKET}/sources/none.png does not exist")
    faulty = ended(tmp_path / "two", INPAINT, upload_grey)
    assert faulty.answer["message"].startswith("mask_image: the file cannot be read as a picture")
    dry = ended(tmp_path / "three", {**INPAINT, "dry_run": True}, upload_grey)
    assert dry.outcome.error == "InvalidRequestError"
    for done in (missing, faulty, dry):
        assert done.calls == [] and not done.folder.exists()


def test_a_resumed_run_uses_its_copy_of_a_source_that_has_changed(tmp_path: Path) -> None:
    event = {**CUT_OUT, "run_id": "cut-out"}
    first = ended(tmp_path, {**event, "requirements": [{"id": "r1", "text": "a blue square"}]})
    recorded = json.loads((first.folder / "request.json").read_text(encoding="utf-8"))["inputs"]
    shutil.rmtree(first.folder / "r00/a01")
    (first.folder / "result.json").unlink()

    # Nothing is uploaded this time.
    again = ended(
        tmp_path, {**event, "requirements": [{"id": "r1", "text": "a blue square"}]}, lambda cloud: None, name="again"
    )

    assert again.json("request.json")["inputs"] == recorded
    assert sum(call.operation == "image" for call in again.calls) == 1
