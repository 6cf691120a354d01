"""Batches end to end: every line has an outcome, and nothing is paid twice."""

import csv
import json
from collections.abc import Iterator

import pytest

from tests.batch.harness import PROMPT, Batches, batches


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
    assert rejected["line"] == 3
    assert rejected["reason"].startswith("promt: there is no such field; did you mean prompt?")
    one = batch.rows()["one"]
    assert (one["status"], one["score"], one["attempts"]) == ("ACCEPTED", 1.0, 1)
    assert one["image"].endswith(f"generated-images/{summary['batch_id']}--one/r00/a01/image-1.png")
    with (batch.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["ACCEPTED", "ACCEPTED"]


def test_the_same_batch_started_again_pays_nothing_and_counts_what_was_accepted(here: Batches) -> None:
    first = here.run("batches/again.jsonl", [{"id": "a", "prompt": PROMPT}, {"id": "b", "prompt": "a green star"}])
    second = here.run("batches/again.jsonl")

    assert (first.outcome.status, first.summary["status"], first.paid()) == ("SUCCEEDED", "ACCEPTED", 2)
    assert (second.summary["status"], second.summary["accepted"], second.calls) == ("ACCEPTED", 2, [])
    assert second.rows() == first.rows()
