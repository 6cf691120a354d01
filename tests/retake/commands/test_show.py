"""`retake show` over an out folder: the story of a run, and a batch's totals and failed items."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.factories.past_runs import revised_run, write_batch, write_run, write_sample
from tests.support.harnesses.command import Retake


@pytest.fixture
def out(retake: Retake) -> Path:
    """The default out folder."""
    return retake.folder / "out"


def test_show_when_a_run_ended_then_its_story_is_told_from_the_first_wording(retake: Retake, out: Path) -> None:
    write_sample(out, revised_run(), "ACCEPTED")

    done = retake("show", "night-by-the-sea")

    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[1] == "prompt   A night landscape: the moon and an aurora above the sea, drift ice on the water"
    assert lines[2].startswith("5 requirements: it is night; an aurora in the sky; ")
    assert lines[3:8] == [
        "r00 a01  seed 1007922  6.3 s  NO 3/5  missing: drift ice on the sea (open water) · $0.0421",
        "r01  revised, because no attempt met every requirement: Named the ice first.",
        "r01  prompt: An aurora, one full moon and drift ice",
        "r01 a01  seed 2007925  6.3 s  BLOCKED  the content filter refused the picture · $0.0000",
        "r01 a02  seed 2015844  6.4 s  YES 5/5 · $0.0421",
    ]
    assert lines[8].startswith("ACCEPTED  Accepted after 3 attempts and 1 revision")
    assert any(line.startswith("engine   the stand-in") for line in lines)
    assert "picture  out/night-by-the-sea/r01/a02/image-1.png" in lines
    assert "warning  titan_img_quality: left out" in lines
    assert lines[-1] == "files    18 in out/night-by-the-sea"


def test_show_when_as_json_then_failed_requirements_have_their_texts(retake: Retake, out: Path) -> None:
    write_sample(out, revised_run(), "ACCEPTED")

    story = retake("show", "night", "--json").result

    assert story["result"] == json.loads((out / "night-by-the-sea/result.json").read_bytes())
    (attempt,) = story["wordings"][0]["attempts"]
    assert attempt["failed"] == [
        {"id": "r4", "text": "drift ice on the sea", "observed": "open water", "finding": "missed"},
        {"id": "r5", "text": "a calm mood", "observed": "a busy scene", "finding": "missed"},
    ]
    assert attempt["images"] == ["r00/a01/image-1.png"]
    assert "r00/a01/verdict.json" in story["files"]


def test_show_when_the_run_was_killed_then_it_says_how_to_go_on(retake: Retake, out: Path) -> None:
    write_sample(out, revised_run(), "ACCEPTED")
    (out / "night-by-the-sea/result.json").unlink()

    done = retake("show", "last")

    assert done.code == 0, done.stderr
    assert "no result yet" in done.stdout
    assert '"run_id": "night-by-the-sea"' in done.stdout


def test_show_when_the_run_ended_before_it_was_prepared_then_its_fault_is_shown(retake: Retake, out: Path) -> None:
    fault: dict[str, Any] = {"status": "ERROR", "error": "ModelAccessError", "message": "ask an administrator"}
    write_run(out, "denied", **fault).with_name("request.json").unlink()

    done = retake("show", "denied")

    assert done.code == 0
    assert "error    ModelAccessError: ask an administrator" in done.stdout


def test_show_when_the_run_was_interrupted_then_one_word_says_so_and_once(retake: Retake, out: Path) -> None:
    write_sample(out, revised_run(), "ERROR", "Interrupted", "Interrupted. Start it again.")

    done = retake("show", "last")

    assert "INTERRUPTED  What was made so far is kept." in done.stdout.splitlines()
    assert "Interrupted" not in done.stdout


def test_show_when_the_picture_was_deleted_then_it_is_missing(retake: Retake, out: Path) -> None:
    write_sample(out, revised_run(), "ACCEPTED")
    (out / "night-by-the-sea/r01/a02/image-1.png").unlink()

    lines = retake("show", "last").stdout.splitlines()

    assert "picture  out/night-by-the-sea/r01/a02/image-1.png  (missing)" in lines


def test_show_when_the_folder_was_renamed_then_the_picture_is_in_it(retake: Retake, out: Path) -> None:
    write_sample(out, revised_run(), "ACCEPTED")
    (out / "night-by-the-sea").rename(out / "copy")

    assert "picture  out/copy/r01/a02/image-1.png" in retake("show", "copy").stdout.splitlines()


def test_show_when_last_then_it_is_the_newest_run_or_batch(retake: Retake, out: Path) -> None:
    write_run(out, "old", age_s=60)
    write_batch(out, "posters", age_s=5)
    write_run(out, "posters--moon", age_s=1)

    assert retake("show", "last", "--json").result["batch_id"] == "posters"


def test_show_when_a_batch_then_its_totals_and_what_was_not_accepted(retake: Retake, out: Path) -> None:
    folder = write_batch(out, "posters")
    rows = [
        {"item_id": "moon", "status": "ACCEPTED", "failed": [], "uncertain": [], "message": "fine"},
        {"item_id": "sun", "status": "EXHAUSTED", "failed": ["one sun (two suns)"], "uncertain": [], "message": "no"},
        {"item_id": "tea", "status": "UNCERTAIN", "failed": [], "uncertain": ["tasty (tea)"], "message": "?"},
        {"item_id": "key", "status": "ERROR", "failed": [], "uncertain": [], "message": "throttled"},
    ]
    (folder / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "rejected.jsonl").write_text(json.dumps({"line": 4, "reason": "prompt: missing"}) + "\n")

    lines = retake("show", "post").stdout.splitlines()

    assert lines[1] == "NOT_ALL_ACCEPTED  2 of 3 items have an accepted picture."
    assert lines[2:5] == [
        "results  out/batch/posters/results.csv",
        "rejected out/batch/posters/rejected.jsonl",
        "cost     $0.3700 of at most $100.00",
    ]
    assert lines[5:] == [
        "sun  EXHAUSTED  one sun (two suns)",
        "tea  UNCERTAIN  cannot tell: tasty (tea)",
        "key  ERROR  throttled",
        "line 4  REJECTED  prompt: missing",
    ]
    assert retake("show", "post", "--json").result["items"] == rows


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nigth-by-the-sea", "did you mean night-by-the-sea?"),
        ("../out/night-by-the-sea", "holds no run or batch"),
        ("/etc", "holds no run or batch"),
        ("night-by-the-sea/../night-by-the-sea", "holds no run or batch"),
        ("batch", "holds no run or batch"),
        ("", "holds no run or batch"),
        (".", "holds no run or batch"),
        ("n", "is the beginning of 2 names: "),
        ("n…", "fits 2 names: "),
        ("…", "holds no run or batch"),
        ("n…x", "holds no run or batch"),
    ],
)
def test_show_when_the_name_is_not_one_of_a_run_then_exit_2(name: str, message: str, retake: Retake, out: Path) -> None:
    write_run(out, "night-by-the-sea")
    write_run(out, "noon")

    done = retake("show", name)

    assert (done.code, done.stdout) == (2, "")
    assert message in done.errors[0]


def test_show_when_a_record_is_broken_then_it_is_named_by_its_path(retake: Retake, out: Path) -> None:
    write_sample(out, revised_run(), "ACCEPTED")
    (out / "night-by-the-sea/r00/a01/verdict.json").write_text("{")

    done = retake("show", "last")

    assert (done.code, done.stdout) == (3, "")
    assert done.errors[0].startswith("retake: error: out/night-by-the-sea/r00/a01/verdict.json: is not JSON")


def test_show_when_the_shell_completes_a_name_then_those_in_the_folder_are_offered(retake: Retake, out: Path) -> None:
    write_run(out, "night-by-the-sea")
    write_run(out, "noon")
    write_batch(out, "nine")

    words = {"COMP_WORDS": "retake show ni", "COMP_CWORD": "2", "_RETAKE_COMPLETE": "complete_bash"}
    done = retake.run_process("show", "ni", environment=words)

    assert done.stdout.split() == ["night-by-the-sea", "nine"]
