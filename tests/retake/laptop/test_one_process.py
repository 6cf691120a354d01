"""Only one process at a time works on a run. The others are refused with its id, and pay nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.request.batch_item import batch_id_of
from tests.support.harnesses.command import Retake, wait_for_file
from tests.support.harnesses.local_cloud import BUCKET

CIRCLE = "A red circle on a white background"
STALLED: dict[str, Any] = {"on": "image", "fault": "stall", "stall_s": 600}
MANIFEST = "prompts.jsonl"


@pytest.fixture
def stalled(retake: Retake) -> tuple[str, str]:
    """The option that lets the first picture take longer than any test."""
    return retake.faults(STALLED)


def test_run_when_another_process_runs_it_then_refused_with_its_id(retake: Retake, stalled: tuple[str, str]) -> None:
    event = retake.event(prompt=CIRCLE, run_id="same")
    (retake.folder / "link").symlink_to("out")
    first = retake.start("run", event, *stalled)
    wait_for_file(retake.folder / "out/same/ledger/r00-a01-image.json")

    for out in ("out", "link", str(retake.folder / "out")):
        refused = retake("run", event, "--out", out)
        assert (refused.code, refused.stdout) == (2, "")
        assert refused.errors == [
            f"retake: error: {event}: process {first.pid} is already running the run 'same' in {out}; "
            "wait until it ends, or give another run_id or --out"
        ]
    other = retake("run", retake.event("other.json", prompt=CIRCLE, run_id="other"), "--json", "--out", "out")
    first.kill()
    first.wait()
    again = retake("run", event, "--json")

    assert (other.code, other.result["images"]) == (0, other.result["attempts"])
    assert again.code == 0, again.stderr
    # The picture that was in flight is paid for once, and the run's own once.
    assert len(json.loads((retake.folder / "out/same/ledger/r00-a01-image.json").read_bytes())["calls"]) == 2


def test_item_when_its_batch_runs_then_a_run_of_it_is_refused(retake: Retake, stalled: tuple[str, str]) -> None:
    manifest = retake.manifest([{"id": "one", "prompt": CIRCLE}], MANIFEST)
    run_id = f"{batch_id_of(BUCKET, f'batches/{MANIFEST}')}--one"
    first = retake.start("batch", manifest, *stalled)
    wait_for_file(retake.folder / f"out/{run_id}/ledger/r00-a01-image.json")

    refused = retake("run", retake.event(prompt=CIRCLE, run_id=run_id))

    assert refused.code == 2
    assert f"process {first.pid} is running the batch of the run '{run_id}' in out" in refused.errors[0]


def test_batch_when_a_run_of_its_item_runs_then_it_is_refused(retake: Retake, stalled: tuple[str, str]) -> None:
    manifest = retake.manifest([{"id": "one", "prompt": CIRCLE}], MANIFEST)
    run_id = f"{batch_id_of(BUCKET, f'batches/{MANIFEST}')}--one"
    first = retake.start("run", retake.event(prompt=CIRCLE, run_id=run_id), *stalled)
    wait_for_file(retake.folder / f"out/{run_id}/ledger/r00-a01-image.json")

    refused = retake("batch", manifest)

    assert refused.code == 2
    assert f"{MANIFEST}: process {first.pid} is running it in out; wait until it ends" in refused.errors[0]


def test_run_when_resumed_then_it_says_how_much_is_reused(retake: Retake) -> None:
    faults = retake.faults({"on": "image", "fault": "paint_wrong", "times": 2}, {"on": "image", "fault": "paint_right"})
    event = retake.event(prompt=CIRCLE, run_id="again", max_retry_attempts=2, max_prompt_revisions=0)
    first = retake("run", event, *faults, "--json")
    event = retake.event(prompt=CIRCLE, run_id="again", max_retry_attempts=3, max_prompt_revisions=0)
    faults = retake.faults({"on": "image", "fault": "paint_right"})

    second = retake("run", event, *faults, "--json")

    before, now = (
        first.result["cost"]["total_usd"],
        second.result["cost"]["total_usd"] - first.result["cost"]["total_usd"],
    )
    assert "resumed" not in first.stderr
    lines = second.stderr.splitlines()
    assert lines[0] == f"resumed: 2 attempts to reuse, ${before:.4f} paid before"
    assert f"resumed  2 attempts reused; ${now:.4f} of the cost was paid now, ${before:.4f} before" in lines


def test_lock_when_the_run_has_ended_then_its_file_is_gone(retake: Retake) -> None:
    assert retake("run", retake.event(prompt=CIRCLE, run_id="ended")).code == 0

    assert not list(Path(retake.folder / "out").glob(".*"))
