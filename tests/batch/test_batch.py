"""Batches end to end: every line has an outcome, and nothing is paid twice."""

import csv
import json
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.core.runtime.clients import events
from tests.support.harnesses.batch import PROMPT, Batches, batches


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batches]:
    with batches(tmp_path_factory.mktemp("out")) as found:
        yield found


def test_a_manifest_of_three_lines_ends_in_a_summary_and_a_row_for_each_item(here: Batches) -> None:
    batch = here.run(
        "batches/Spring posters+2.jsonl",
        [{"id": "one", "prompt": PROMPT}, {"prompt": "a green star"}, {"prompt": "a moon", "promt": "typo"}],
    )
    summary = batch.summary

    assert (batch.outcome.status, batch.outcome.error) == ("FAILED", "BatchNotAccepted")
    assert summary["status"] == "NOT_ALL_ACCEPTED"
    counts = ("lines", "items", "accepted", "not_accepted", "errors", "rejected", "skipped")
    assert [summary[name] for name in counts] == [3, 2, 2, 0, 0, 1, 0]
    assert summary == json.loads((batch.folder / "summary.json").read_text(encoding="utf-8"))
    assert batch.folder.name.startswith("Spring-posters-2-")
    assert batch.paid() == 2
    assert summary["cost"]["total_usd"] == pytest.approx(sum(row["cost_usd"] for row in batch.rows().values()))
    [rejected] = batch.rejected()
    assert rejected["text"] == "a moon"
    assert rejected["line"] == 3
    assert rejected["reason"].startswith("promt: there is no such field; did you mean prompt?")
    one = batch.rows()["one"]
    assert (one["status"], one["score"], one["attempts"]) == ("ACCEPTED", 1.0, 1)
    assert one["image"].endswith(f"generated-images/{summary['batch_id']}--one/r00/a01/image-1.png")
    assert [row["line"] for row in map(json.loads, batch.results.splitlines())] == [1, 2, 3]
    assert {name: one[name] for name in ("line", "prompt", "final_prompt", "failed", "extra")} == {
        "line": 1,
        "prompt": PROMPT,
        "final_prompt": PROMPT,
        "failed": [],
        "extra": {},
    }
    assert one["reason"]
    assert one["report"].endswith(f"generated-images/{summary['batch_id']}--one/report.html")
    with (batch.folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["ACCEPTED", "ACCEPTED", "REJECTED"]
    assert [row["prompt"] for row in rows] == [PROMPT, "a green star", "a moon"]
    assert rows[2]["reason"] == rejected["reason"]


def test_a_rejected_line_names_every_fault_on_one_line(here: Batches) -> None:
    line = {"id": "a b", "promt": "typo", "titan_img_seed": -1, "run_id": "mine", "output_s3_key_prefix": "x" * 401}
    batch = here.run("batches/faulty.jsonl", [line, {"prompt": PROMPT}])

    [rejected] = batch.rejected()
    faults = rejected["reason"].split("; ")
    fields = ["promt", "run_id", "id", "output_s3_key_prefix", "output_s3_key_prefix", "titan_img_seed"]
    assert [fault.partition(": ")[0] for fault in faults if ": " in fault] == fields, rejected


def test_a_batch_started_again_pays_nothing_and_counts_the_accepted_items(here: Batches) -> None:
    first = here.run("batches/again.jsonl", [{"id": "a", "prompt": PROMPT}, {"id": "b", "prompt": "a green star"}])
    second = here.run("batches/again.jsonl")

    assert (first.outcome.status, first.summary["status"], first.paid()) == ("SUCCEEDED", "ACCEPTED", 2)
    assert (second.summary["status"], second.summary["accepted"], second.calls) == ("ACCEPTED", 2, [])
    assert second.rows() == first.rows()


def test_a_changed_line_is_run_again_in_a_folder_of_its_own_and_the_others_are_not(here: Batches) -> None:
    first = here.run("batches/corrected.jsonl", [{"id": "a", "prompt": PROMPT}, {"id": "b", "prompt": "a moon"}])
    second = here.run("batches/corrected.jsonl", [{"id": "a", "prompt": PROMPT}, {"id": "b", "prompt": "a green star"}])
    third = here.run("batches/corrected.jsonl")

    assert (first.summary["accepted"], second.summary["accepted"]) == (2, 2)
    assert (second.paid(), third.calls) == (1, [])
    assert "/changed-" in second.rows()["b"]["image"]
    assert third.rows() == second.rows()
    assert second.rows()["a"] == first.rows()["a"]
    run_folder = f"{first.summary['batch_id']}--b"
    assert (here.root / run_folder / "r00/a01/image-1.png").exists()


def test_rerun_all_runs_every_item_again_once_and_keeps_the_earlier_pictures(here: Batches) -> None:
    lines = [{"id": "a", "prompt": PROMPT}]
    first = here.run("batches/anew.jsonl", lines)
    second = here.run("batches/anew.jsonl", lines, {"rerun": "all"})
    third = here.run("batches/anew.jsonl", lines, {"rerun": "failed"})

    assert (first.paid(), second.paid(), third.calls) == (1, 1, [])
    assert [batch.summary["generation"] for batch in (first, second, third)] == [1, 2, 2]
    assert "/rerun-2/" in second.rows()["a"]["image"]
    assert third.rows() == second.rows()
    pictures = sorted(here.root.rglob(f"{first.summary['batch_id']}--a/r00/a01/image-1.png"))
    assert len(pictures) == 2
    assert pictures[0].read_bytes() != pictures[1].read_bytes()


@pytest.mark.parametrize(
    ("key", "lines", "defaults", "reason"),
    [
        ("strict.jsonl", [{"prompt": "a moon"}, {"prompt": 1}], {"strict": True}, "strict: 1 of 2 lines"),
        ("nothing.jsonl", [{"prompt": 1}], None, "no line can be run"),
        ("empty.jsonl", [], None, "manifest: holds no request"),
        (
            "poor.jsonl",
            [{"prompt": "a moon"}],
            {"batch_max_cost_usd": 0.03},
            "does not cover one attempt for each of 1",
        ),
        ("broken.json", [{"prompt": "a moon"}], None, "is not a JSON array"),
        ("typo.jsonl", [{"prompt": "a moon"}], {"max_concurency": 3}, "did you mean max_concurrency?"),
    ],
)
def test_a_batch_that_may_not_run_is_refused_with_the_reason_and_pays_nothing(
    here: Batches, key: str, lines: list[object], defaults: dict[str, object] | None, reason: str
) -> None:
    batch = here.run(f"batches/{key}", lines, defaults)
    assert (batch.outcome.error, batch.summary["status"], batch.calls) == ("InvalidRequestError", "REFUSED", [])
    assert reason in batch.summary["message"]
    assert batch.summary["accepted"] == 0


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"key": "batches/not-there.jsonl"}, "does not exist"),
        ({"key": "batches/x.txt"}, "is not a manifest"),
        ({"key": "batches/x.jsonl", "bucket": "foreign"}, "does not read"),
        ({"key": "batches/x.jsonl", "sequncer": "1"}, "did you mean sequencer"),
        ([], "is not a JSON object"),
    ],
)
def test_a_wrong_start_is_refused(here: Batches, event: object, reason: str) -> None:
    batch = here.wait(here.cloud.start("batch", f"wrong-{abs(hash(str(event)))}", event))
    assert (batch.outcome.error, batch.summary["status"]) == ("InvalidRequestError", "REFUSED")
    assert reason in batch.summary["message"]


def test_the_same_event_delivered_five_times_at_once_is_one_batch(here: Batches) -> None:
    here.upload("batches/delivered.jsonl", [{"id": "a", "prompt": PROMPT}, {"id": "b", "prompt": "a green star"}])
    before = len(here.bedrock.calls)
    executions = [here.start("batches/delivered.jsonl", sequencer="0055AED6DCD90281E5") for _ in range(5)]
    ended = [here.wait(execution, before) for execution in executions]

    assert sorted(batch.summary["status"] for batch in ended) == ["ACCEPTED", *["DUPLICATE"] * 4]
    assert {batch.outcome.status for batch in ended} == {"SUCCEEDED"}
    assert max(batch.paid() for batch in ended) == 2
    late = here.run("batches/delivered.jsonl", sequencer="0055AED6DCD90281E5")
    newer = here.run("batches/delivered.jsonl", sequencer="0055AED6DCD90281E6")
    assert (late.summary["status"], newer.summary["status"], newer.calls) == ("DUPLICATE", "ACCEPTED", [])


def test_the_end_is_announced_on_eventbridge_with_the_summary(here: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    entries: list[dict[str, str]] = []
    original = events().put_events

    def put_events(**asked: Any) -> Any:
        entries.extend(asked["Entries"])
        return original(**asked)

    monkeypatch.setattr(events(), "put_events", put_events)
    batch = here.run("batches/announced.jsonl", [{"id": "a", "prompt": PROMPT}])

    [event] = entries
    assert (event["Source"], event["DetailType"]) == ("Retake", "Batch Concluded")
    detail = json.loads(event["Detail"])
    assert {name: detail[name] for name in batch.summary} == batch.summary
    assert detail["summary_json_s3_uri"].endswith(f"/batch/{batch.summary['batch_id']}/summary.json")
