"""`retake list` over an out folder: what is a row, in which order, and what a broken record does."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from retake.emulator.lock import batch_lock, lock, run_lock
from retake.laptop.archive import OutFolder
from tests.support.factories.past_runs import PROMPT, write_batch, write_json, write_run
from tests.support.harnesses.command import Retake


@pytest.fixture
def out(retake: Retake) -> Path:
    """The default out folder, which does not exist yet."""
    return retake.folder / "out"


def rows(retake: Retake, *options: str) -> list[dict[str, Any]]:
    """Return what `retake list --json` prints."""
    done = retake("list", "--json", *options)
    assert (done.code, done.errors) == (0, []), done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def test_list_when_there_is_no_folder_then_nothing_is_listed_or_made(retake: Retake, out: Path) -> None:
    done = retake("list")

    assert (done.code, done.stdout, done.stderr) == (0, "", "nothing yet in out\n")
    assert rows(retake) == []
    assert not out.exists()


def test_list_when_there_are_runs_and_batches_then_the_newest_is_first_and_items_are_in_their_batch(
    retake: Retake, out: Path
) -> None:
    write_run(out, "old", age_s=300)
    write_run(out, "new", age_s=10, status="EXHAUSTED", attempts=20)
    write_batch(out, "posters-1a2b3c4d", age_s=100)
    write_run(out, "posters-1a2b3c4d--moon", age_s=110)
    write_run(out / "changed-5e6f7a8b", "posters-1a2b3c4d--sun", age_s=105, prompt="The sun")
    write_run(out, "gone-1a2b3c4d--moon", age_s=400)

    table = retake("list", environment={"COLUMNS": "200"}).stdout.splitlines()
    found = rows(retake)

    assert [row["id"] for row in found] == ["new", "posters-1a2b3c4d", "old", "gone-1a2b3c4d--moon"]
    assert re.split(r"\s{2,}", table[0]) == ["when", "status", "prompt", "attempts", "cost", "id"]
    assert re.split(r"\s{2,}", table[1])[1:] == ["EXHAUSTED", PROMPT, "20", "$0.0412", "new"]
    assert "batch of 3 items: 2 accepted, 1 not accepted, 1 rejected" in table[2]
    assert (found[1]["counts"]["accepted"], found[1]["kind"], found[1]["cost_usd"]) == (2, "batch", 0.37)
    items = rows(retake, "--batch", "posters")
    assert [(row["id"], row["prompt"]) for row in items] == [
        ("posters-1a2b3c4d--sun", "The sun"),
        ("posters-1a2b3c4d--moon", PROMPT),
    ]
    assert items[0]["folder"] == "out/changed-5e6f7a8b/posters-1a2b3c4d--sun"


def test_list_when_there_are_more_than_the_limit_then_the_newest_are_shown_and_the_rest_counted(
    retake: Retake, out: Path
) -> None:
    for number in range(4):
        write_run(out, f"run-{number}", age_s=number)

    done = retake("list", "--limit", "2")

    assert [line.split()[-1] for line in done.stdout.splitlines()[1:]] == ["run-0", "run-1"]
    assert done.stderr == "2 older not shown; --limit 4 shows all\n"


def test_list_when_a_run_has_no_result_then_it_is_unfinished_or_running(retake: Retake, out: Path) -> None:
    for run_id in ("killed", "alive"):
        write_run(out, run_id).unlink()
        for attempt in ("a01", "a02"):
            write_json(out / run_id / "r00" / attempt / "attempt.json", {})
        call = {"kind": "image", "purpose": "attempt", "model_id": "m", "reserved_usd": 0.5, "cost_usd": 0.04}
        write_json(out / run_id / "ledger/r00-a01-image.json", {"calls": [call]})
    write_run(out, "resumed")
    for batch_id in ("half", "busy"):
        (write_batch(out, batch_id) / "summary.json").unlink()

    with (
        lock(out, run_lock("alive"), "in use"),
        lock(out, run_lock("resumed"), "in use"),
        lock(out, batch_lock("busy"), "in use"),
    ):
        found = {row["id"]: row for row in rows(retake)}

    assert {name: row["status"] for name, row in found.items()} == {
        "killed": "UNFINISHED",
        "alive": "RUNNING",
        "resumed": "RUNNING",
        "half": "UNFINISHED",
        "busy": "RUNNING",
    }
    assert (found["killed"]["attempts"], found["killed"]["cost_usd"], found["killed"]["prompt"]) == (2, 0.04, PROMPT)
    assert found["half"]["counts"]["items"] == 3


def test_list_when_a_batch_is_unfinished_then_its_items_and_their_cost_are_counted(retake: Retake, out: Path) -> None:
    (write_batch(out, "half") / "summary.json").unlink()
    write_run(out, "half--moon", engine="stand-in")
    write_run(out, "half--sun", status="EXHAUSTED", engine="stand-in")
    write_run(out, "half--tea", engine="stand-in").unlink()
    call = {"kind": "image", "purpose": "attempt", "model_id": "m", "reserved_usd": 0.5, "cost_usd": 0.04}
    write_json(out / "half--tea/ledger/r00-a01-image.json", {"calls": [call]})

    (row,) = rows(retake)
    table, shown = retake("list", environment={"COLUMNS": "200"}).stdout, retake("show", "half")

    counts = {name: row["counts"][name] for name in ("items", "accepted", "not_accepted", "errors")}
    assert counts == {"items": 3, "accepted": 1, "not_accepted": 1, "errors": 0}
    assert (round(row["cost_usd"], 4), row["engine"]) == (0.1224, "stand-in")
    assert "batch of 3 items, 2 ended: 1 accepted, 1 not accepted" in table
    assert shown.stdout.splitlines()[1:] == [
        "UNFINISHED  2 of 3 ended, 1 accepted, $0.1224",
        "4 lines: 3 items, 1 rejected, 0 skipped as duplicates; worst case $3.00, expected $1.00, ceiling $100.00",
        "next     run the same command again to resume it; `retake list --batch half` lists its items",
    ]


def test_list_when_a_run_was_interrupted_then_its_status_is_the_word_of_the_run(retake: Retake, out: Path) -> None:
    write_run(out, "night", status="ERROR", error="Interrupted", message="Interrupted. Start it again.")

    assert [row["status"] for row in rows(retake)] == ["INTERRUPTED"]


def test_list_when_a_line_of_a_batch_was_changed_then_only_its_new_run_is_listed(retake: Retake, out: Path) -> None:
    folder = write_batch(out, "posters")
    write_run(out, "posters--moon", age_s=60, prompt="A moon")
    write_run(out / "changed-5e6f7a8b", "posters--moon", age_s=30, prompt="Two moons")

    done = retake("list", "--batch", "posters", environment={"COLUMNS": "200"})
    changed = [row["prompt"] for row in rows(retake, "--batch", "posters")]
    # The line is changed back: the first run counts again, and nothing is written to it.
    row = {"item_id": "moon", "report": "s3://b/generated-images/posters--moon/report.html"}
    (folder / "results.jsonl").write_text(json.dumps(row))

    assert changed == ["Two moons"]
    assert done.stderr == "1 replaced by a changed line or a rerun not shown; the pictures stay in out\n"
    assert [row["prompt"] for row in rows(retake, "--batch", "posters")] == ["A moon"]
    assert OutFolder(out).find("posters--moon").path == out / "posters--moon"


def test_list_when_a_batch_runs_again_as_a_whole_then_its_old_summary_does_not_count(retake: Retake, out: Path) -> None:
    folder = write_batch(out, "posters")
    plan = json.loads((folder / "plan/plan.json").read_bytes())
    write_json(folder / "plan/plan.json", {**plan, "batch": {"id": "posters", "generation": 2}})

    assert [row["status"] for row in rows(retake)] == ["UNFINISHED"]


@pytest.mark.parametrize(
    "body", [b"", b'{"status": "ACC', b"[]", b'"text"', b"{}", b'{"status": 7}', b"\xff\xfe", b"[" * 100_000]
)
@pytest.mark.parametrize("name", ["b/result.json", "b/request.json", "batch/b/summary.json", "batch/b/plan/plan.json"])
def test_list_when_a_record_is_broken_then_its_row_says_so(name: str, body: bytes, retake: Retake, out: Path) -> None:
    write_run(out, "whole", age_s=60)
    (write_batch if name.startswith("batch") else write_run)(out, "b")
    if name.endswith("request.json"):
        (out / "b/result.json").unlink()
    if name.endswith("plan.json"):
        (out / "batch/b/summary.json").unlink()
    (out / name).write_bytes(body)

    broken, whole = rows(retake)

    assert (broken["id"], broken["status"], whole["status"]) == ("b", "UNREADABLE", "ACCEPTED")
    assert f"out/{name}" in broken["message"]
    assert f"out/{name}" in retake("list", environment={"COLUMNS": "200"}).stdout


def test_list_when_cells_hold_wide_letters_and_control_characters_then_the_table_keeps_its_width(
    retake: Retake, out: Path
) -> None:
    write_run(out, "ja", prompt="流氷の海、オーロラと満月、流れ星、左に家が一軒だけある夜の風景" * 3)
    write_run(out, "escape", prompt="red\x1b[2Jcircle\nnew \u202eline")

    done = retake("list", environment={"COLUMNS": "60"})

    from rich.cells import cell_len

    assert all(cell_len(line) <= 60 for line in done.stdout.splitlines()), done.stdout
    assert "…" in done.stdout
    assert "\x1b" not in done.stdout
    assert "red[2Jcircle n…" in done.stdout


def test_list_when_the_stand_in_made_some_then_it_says_that_nothing_was_charged(retake: Retake, out: Path) -> None:
    write_run(out, "real")
    write_run(out, "painted", engine="stand-in")
    write_run(out, "killed").unlink()

    assert retake("list").stderr.startswith("1 of these 2 made by the stand-in, not Bedrock: nothing was charged")


@pytest.mark.parametrize(
    ("columns", "headers"),
    [
        (200, ["when", "status", "prompt", "attempts", "cost", "id"]),
        (80, ["when", "status", "prompt", "attempts", "cost", "id"]),
        (60, ["when", "status", "prompt", "cost", "id"]),
        (52, ["when", "status", "prompt", "id"]),
        (40, ["status", "prompt", "id"]),
    ],
)
def test_list_when_the_terminal_is_narrow_then_cells_are_cut_before_columns_and_a_cut_id_still_names_its_run(
    retake: Retake, out: Path, columns: int, headers: list[str]
) -> None:
    for minute, end in enumerate(("3f9c", "7d21")):
        write_run(out, f"three-red-circles-left-of-a-20261121T060{minute}00Z-{end}", age_s=minute)
    write_run(out, "short", age_s=9, status="EXHAUSTED", attempts=20)

    lines = retake("list", environment={"COLUMNS": str(columns)}).stdout.splitlines()

    assert all(len(line) <= columns for line in lines), lines
    assert lines[0].split() == headers
    assert "A night" in lines[1]
    assert ("$0.0412" in lines[1]) == ("cost" in headers)
    names = [line.split()[-1] for line in lines[1:]]
    assert names[2] == "short"
    assert [name[-4:] for name in names[:2]] == ["3f9c", "7d21"]
    assert [OutFolder(out).find(name).name[-4:] for name in names[:2]] == ["3f9c", "7d21"]


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for a privilege to make links")
def test_list_when_a_folder_is_a_link_then_it_is_not_followed(retake: Retake, out: Path, tmp_path: Path) -> None:
    write_run(tmp_path / "elsewhere", "secret")
    out.mkdir()
    (out / "link").symlink_to(tmp_path / "elsewhere" / "secret")

    assert rows(retake) == []


def test_list_when_the_batch_is_unknown_then_the_nearest_is_named(retake: Retake, out: Path) -> None:
    write_batch(out, "posters-1a2b3c4d")

    done = retake("list", "--batch", "poster-1a2b3c4d")

    assert (done.code, done.stdout) == (2, "")
    assert "did you mean posters-1a2b3c4d?" in done.errors[0]


def test_list_when_a_region_is_given_without_a_stack_then_it_is_refused(retake: Retake) -> None:
    done = retake("list", "--region", "eu-west-1")

    assert (done.code, done.errors) == (2, ["retake: error: --region: needs --stack NAME; give both, or neither"])


def test_list_when_an_unfinished_run_used_the_stand_in_then_it_counts_as_made_by_it(retake: Retake, out: Path) -> None:
    write_run(out, "killed").unlink()
    call = {"kind": "image", "purpose": "attempt", "model_id": "m", "reserved_usd": 0.5, "engine": "stand-in"}
    write_json(out / "killed/ledger/r00-a01-image.json", {"calls": [call]})

    assert retake("list").stderr.startswith("made by the stand-in")


def test_list_when_the_batch_is_a_run_or_nothing_is_near_then_the_line_says_so(retake: Retake, out: Path) -> None:
    write_run(out, "mine")
    write_batch(out, "some")

    (of_run,) = retake("list", "--batch", "mine").errors
    (unknown,) = retake("list", "--batch", "same-but-other").errors

    assert of_run == 'retake: error: out holds no batch "mine"; that is a run; `retake list` shows what there is'
    assert "did you mean" not in unknown


def test_list_when_out_is_a_file_then_it_is_refused(retake: Retake) -> None:
    (retake.folder / "five.json").write_text("{}")

    (error,) = retake("list", "--out", "five.json").errors
    assert error == "retake: error: --out five.json: is not a folder; give the folder of the runs"
