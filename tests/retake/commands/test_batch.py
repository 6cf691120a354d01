"""`retake batch` on this machine. An interrupted batch pays for nothing twice."""

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.request.batch_item import batch_id_of
from retake.emulator.lock import lock
from retake.inputs.settings import BUCKET
from standin import Options, StandIn
from tests.support.harnesses.bedrock_endpoint import answered_calls, bedrock_environment
from tests.support.harnesses.command import ROOT, Retake, end_by_signal

GREEN = {"id": "green", "prompt": "a green triangle"}
LINES: list[dict[str, Any]] = [
    {"id": "red", "prompt": "a red circle"},
    {"id": "blue", "prompt": "a blue square"},
    {"id": "bad", "prompt": "x", "max_retry_attempts": 0},
    GREEN,
    GREEN,
    {"id": "never", "prompt": "forbidden", "max_prompt_revisions": 0, "max_retry_attempts": 1},
]


def results(retake: Retake) -> dict[str, dict[str, str]]:
    """Return the rows of results.csv by item."""
    (path,) = retake.folder.glob("out/batch/*/results.csv")
    with path.open(newline="", encoding="utf-8-sig") as rows:
        return {row["item_id"]: row for row in csv.DictReader(rows)}


@pytest.fixture
def bedrock() -> Iterator[StandIn]:
    """A stand-in whose painter makes no mistakes and takes half a second."""
    with StandIn(Options(image_latency_s=0.5, picture_side_px=256, error_rate=0)) as bedrock:
        yield bedrock


def test_batch_when_some_lines_fail_then_every_line_has_its_outcome(retake: Retake, bedrock: StandIn) -> None:
    name = retake.manifest(LINES, "Plakate für März +1.jsonl")

    done = retake.run_process("batch", name, "--bedrock", "aws", "--json", environment=bedrock_environment(bedrock))

    assert done.code == 1, done.stderr
    counts = {key: done.result[key] for key in ("items", "accepted", "not_accepted", "errors", "rejected", "skipped")}
    assert counts == {"items": 4, "accepted": 3, "not_accepted": 1, "errors": 0, "rejected": 1, "skipped": 1}
    rows = results(retake)
    assert {item: row["status"] for item, row in rows.items()} == {
        **dict.fromkeys(("red", "blue", "green"), "ACCEPTED"),
        "never": "BLOCKED",
        "bad": "REJECTED",
    }
    (sheet,) = retake.folder.glob("out/batch/*/report.html")
    assert f"report   {sheet.relative_to(retake.folder)}\n" in done.stderr
    assert {path.name for path in (sheet.parent / "pictures").iterdir()} == {"red.png", "blue.png", "green.png"}
    (rejected,) = retake.folder.glob("out/batch/*/rejected.jsonl")
    line = json.loads(rejected.read_text(encoding="utf-8"))
    assert (line["line"], line["reason"].split(":")[0]) == (3, "max_retry_attempts")
    assert (retake.folder / "out" / f"{done.result['batch_id']}--red" / "r00/a01/image-1.png").is_file()
    assert "6 lines: 4 items, 1 rejected, 1 skipped as duplicates" in done.stderr
    assert f"rejected {rejected.relative_to(retake.folder)}" in done.stderr
    assert not retake.refused_hosts.exists()
    # The addresses in results.csv open here.
    assert (
        Path(rows["red"]["picture"])
        == retake.folder / "out" / f"{done.result['batch_id']}--red" / "r00/a01/image-1.png"
    )
    assert Path(rows["never"]["report"]).read_bytes().startswith(b"<!doctype html>")
    assert (rows["bad"]["prompt"], rows["bad"]["line"]) == ("x", "3")


def test_a_spreadsheets_columns_come_back_in_the_results(retake: Retake) -> None:
    name = "Frühling.csv"
    text = "SKU;Prompt;Status\r\n=A1;a red circle;neu\r\n-5;a blue square;alt\r\n"
    (retake.folder / name).write_bytes(text.encode("utf-16"))

    done = retake.run_process("batch", name)

    assert done.code == 0, done.stderr
    assert "columns  not fields of a request, kept for the results: SKU, Status" in done.stderr
    (path,) = retake.folder.glob("out/batch/*/results.csv")
    with path.open(newline="", encoding="utf-8-sig") as rows:
        found = list(csv.DictReader(rows))
    assert [(row["SKU"], row["Status"], row["status"], row["prompt"]) for row in found] == [
        ("'=A1", "neu", "ACCEPTED", "a red circle"),
        ("-5", "alt", "ACCEPTED", "a blue square"),
    ]


def test_batch_when_interrupted_and_started_again_then_nothing_is_paid_twice(retake: Retake, bedrock: StandIn) -> None:
    lines = [{"id": f"item-{place}", "prompt": "a red circle"} for place in range(6)]
    arguments = ("batch", retake.manifest(lines), "--bedrock", "aws", "--max-concurrency", "2")

    process = retake.start(*arguments, environment=bedrock_environment(bedrock))
    first = None
    while first is None:
        first = next(retake.folder.glob("out/*--item-*/result.json"), None)
        assert process.poll() is None
    ended = end_by_signal(process)
    before = answered_calls(bedrock)
    again = retake.run_process(*arguments, "--json", environment=bedrock_environment(bedrock))

    assert ended.code == 130, ended.stderr
    assert re.search(r"^\$0\.(?!0000)[0-9]{4} paid so far; ", ended.stderr, re.MULTILINE), ended.stderr
    assert before["image"] < 6
    assert (again.code, again.result["accepted"]) == (0, 6), again.stderr
    assert answered_calls(bedrock) == {"requirements": 6, "image": 6, "verdict": 6, "prompt": 0}
    assert Counter(row["status"] for row in results(retake).values()) == {"ACCEPTED": 6}


def test_batch_when_another_process_runs_it_then_refused_and_nothing_is_paid_twice(
    retake: Retake, bedrock: StandIn
) -> None:
    name = retake.manifest(LINES[:1])
    arguments = ("batch", name, "--bedrock", "aws", "--json")

    with lock(retake.folder / "out", f"batch-{batch_id_of(BUCKET, f'batches/{name}')}", ""):
        refused = retake.run_process(*arguments, environment=bedrock_environment(bedrock))
        paid_meanwhile = len(bedrock.calls)
    done = retake.run_process(*arguments, environment=bedrock_environment(bedrock))

    assert (refused.code, refused.stdout, paid_meanwhile) == (2, "", 0)
    assert refused.errors == [
        f"retake: error: {name}: process {os.getpid()} is running it in out; wait until it ends, or give another --out"
    ]
    assert done.result["accepted"] == 1


def test_batch_when_a_line_is_corrected_then_its_item_gets_a_line_when_it_ends(retake: Retake) -> None:
    red = {"id": "one", "prompt": "a red circle on a white background", "titan_img_seed": 1}
    name = retake.manifest([red])

    first = retake("batch", name)
    retake.manifest([{**red, "prompt": "a blue circle on a white background"}])
    again = retake("batch", name)

    for done in (first, again):
        assert [line.split("  ")[:2] for line in done.stderr.splitlines() if line.startswith("one ")] == [
            ["one", "ACCEPTED"]
        ]


def test_batch_when_its_defaults_have_several_faults_then_each_line_names_the_manifest(retake: Retake) -> None:
    (retake.folder / "prompts.defaults.json").write_text('{"strct": true, "max_concurrency": 0, "rerun": "x"}')
    name = retake.manifest([{"prompt": "a red circle"}])

    for options in ([], ["--dry-run"]):
        done = retake("batch", name, *options)

        assert done.code == 2
        said = [line.removeprefix(f"retake: error: {name}: ").partition(": ")[0] for line in done.errors]
        assert said == ["defaults", "max_concurrency", "rerun"]


def test_batch_when_it_has_a_defaults_file_then_every_line_gets_the_defaults(retake: Retake, bedrock: StandIn) -> None:
    name = retake.manifest([{"id": "one", "prompt": "a red circle"}])
    (retake.folder / "prompts.defaults.json").write_text('{"titan_img_number_of_images": 2, "max_concurrency": 1}')

    done = retake("batch", name, "--bedrock", "aws", environment=bedrock_environment(bedrock))

    assert done.code == 0, done.stderr
    assert answered_calls(bedrock)["image"] == 2
    assert done.stdout.endswith("results.csv\n")
    assert Path(retake.folder / done.stdout.strip()).is_file()


def test_sample_batch_when_run_then_every_line_is_accepted(retake: Retake) -> None:
    done = retake(
        "batch", str(ROOT / "events/batch.jsonl"), "--json", *retake.faults({"on": "image", "fault": "paint_right"})
    )

    assert (done.code, done.result["accepted"]) == (0, 4), done.stderr


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.jsonl", None, "missing.jsonl: cannot be read (No such file or directory)"),
        ("prompts.txt", b"x", 'prompts.txt: "prompts.txt" is not a manifest'),
        ("prompts.defaults.json", b"{}", "is not a manifest"),
        ("empty.jsonl", b"", "empty.jsonl: "),
        ("bad.jsonl", b'{"prompt": 7}\n', "bad.jsonl: manifest: no line can be run"),
        (
            "column.csv",
            b"Text;SKU\r\na red circle;A-1\r\n",
            'column.csv: manifest: the header has no column "prompt", but "Text", "SKU"; name the column of the prompts "prompt"',
        ),
    ],
)
def test_batch_when_nothing_can_run_then_one_line_gives_the_reason(
    name: str, content: bytes | None, message: str, retake: Retake
) -> None:
    if content is not None:
        (retake.folder / name).write_bytes(content)

    done = retake("batch", name)

    assert done.code == 2
    assert len(done.errors) == 1
    assert message in done.errors[0]


def test_batch_when_a_fault_script_is_given_for_aws_then_it_is_refused(retake: Retake) -> None:
    name = retake.manifest(LINES)

    done = retake("batch", name, "--bedrock", "aws", *retake.faults())

    assert done.code == 2
    assert "--faults" in done.errors[0]


def test_batch_when_the_file_is_an_event_then_run_is_named_and_no_record_is_kept(retake: Retake) -> None:
    done = retake("batch", retake.event(prompt="a red circle"))

    assert (done.code, done.stdout) == (2, "")
    assert "holds an object, not an array; run one event with `retake run`" in done.errors[0]
    assert not (retake.folder / "out").exists()
