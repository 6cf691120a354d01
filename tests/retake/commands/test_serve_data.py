"""`retake serve --data`: what a stopped server leaves is what the next one starts with."""

import json
import signal
from pathlib import Path

from tests.support.harnesses.command import Retake
from tests.support.harnesses.served_stack import ServedStack

_LINE = json.dumps({"prompt": "a red circle on a white background", "titan_img_seed": 2})


def test_data_when_kept_then_the_next_start_reads_it_and_nothing_is_paid_twice(retake: Retake) -> None:
    first = ServedStack(retake, "--data", "kept")
    first.upload(_LINE, "batches/one.jsonl")
    first.wait_for_text("1 of 1 item")
    assert first.stop(signal.SIGTERM) == 0
    pictures = _pictures(retake.folder / "kept")

    again = ServedStack(retake, "--data", "kept")
    listed = again.aws("s3", "ls", "--recursive", again.bucket)
    again.upload(_LINE, "batches/one.jsonl")
    again.wait_for_text("1 of 1 item")
    again.aws("s3", "rm", "--recursive", f"{again.bucket}/batch/")

    assert again.stop() == 0
    assert "generated-images/" in listed
    assert "results.csv" in listed
    assert _pictures(retake.folder / "kept") == pictures != {}
    assert not list((retake.folder / "kept").glob("s3/*/batch/*/*.json"))


def test_stop_when_a_batch_runs_then_its_ended_items_are_kept_and_a_new_server_resumes(retake: Retake) -> None:
    lines = "\n".join(json.dumps({"prompt": f"{count} red circles"}) for count in ("two", "three", "four", "five"))
    first = ServedStack(retake, "--data", "kept", *retake.faults({"on": "image", "fault": "stall", "stall_s": 0.6}))
    first.upload(lines, "batches/four.jsonl")
    first.wait_for(lambda: bool(_results(retake.folder / "kept")))
    assert first.stop() == 0
    before = _pictures(retake.folder / "kept")

    again = ServedStack(retake, "--data", "kept")
    again.upload(lines, "batches/four.jsonl")
    again.wait_for_text("of 4 items")

    assert again.stop() == 0
    assert before.items() <= _pictures(retake.folder / "kept").items()
    assert len(_results(retake.folder / "kept")) == 4


def test_data_when_another_server_uses_it_then_one_line_says_so(retake: Retake) -> None:
    server = ServedStack(retake, "--data", "kept")

    done = retake.run_process("serve", "--port", "0", "--data", "kept")

    assert server.stop() == 0
    assert (done.code, done.errors) == (
        2,
        [f"retake: error: --data kept: process {server.process.pid} is serving it; give another folder"],
    )


def _pictures(data: Path) -> dict[str, bytes]:
    """Return the pictures by their path."""
    return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("image-*.png")}


def _results(data: Path) -> list[Path]:
    return list(data.rglob("*--*/result.json"))
