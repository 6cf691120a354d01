"""An item that left no result: its row and the summary carry what was paid for it, and say in a line why."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from lambdas.conclude_batch.contract import ConcludeBatchEvent
from lambdas.conclude_batch.handler import handler as conclude_batch
from lambdas.core.batch import rows as batch_rows
from lambdas.core.batch.state import MapRun
from lambdas.core.money.budget import read_spent_usd
from lambdas.core.runtime.clients import events, s3
from lambdas.core.runtime.execution import Fault
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from tests.support.harnesses.batch import PROMPT, Batch, Batches, batches
from tests.support.harnesses.local_cloud import BUCKET

LINES = [{"id": "good", "prompt": PROMPT}, {"id": "bad", "prompt": "a green star"}]
FAULT = "broken on purpose, " * 20


class BrokenError(Exception):
    """An unexpected error."""


def broken(function: str) -> Callable[[str], Handler]:
    """The shipped handlers, but one that breaks for the item `bad`."""

    def handler_of(name: str) -> Handler:
        def handler(event: Any, context: Any) -> Any:
            if name == function and event["run"]["run_id"].endswith("--bad"):
                raise BrokenError(FAULT)
            return shipped_handler(name)(event, context)

        return handler

    return handler_of


def concluded(here: Batches, batch: Batch, map_run: MapRun, fault: Fault | None = None) -> Batch:
    """Conclude the batch again, with another end of its map."""
    plan = json.loads((batch.folder / "plan/plan.json").read_bytes())
    event: ConcludeBatchEvent = {
        "batch": plan["batch"],
        "map_run": map_run,
        "fault": fault,
        "execution": {"id": batch.summary["execution"], "name": "x", "started_at": "2026-11-21T06:00:00Z"},
    }
    answer = conclude_batch(event, SimpleNamespace(aws_request_id="request-1"))
    results = (here.root / "batch" / batch.summary["batch_id"] / "results.jsonl").read_text(encoding="utf-8")
    return Batch(batch.outcome, answer["summary"], batch.folder, [], results)


def from_files(batch: Batch, **files: list[dict[str, Any]]) -> MapRun:
    """The map's answer in AWS: its files by status, put into S3."""
    folder = f"batch/{batch.summary['batch_id']}/map/one"
    for status, lines in files.items():
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        s3().put_object(Bucket=BUCKET, Key=f"{folder}/{status}_0.jsonl", Body=body)
    manifest = {"ResultFiles": {status: [{"Key": f"{folder}/{status}_0.jsonl"}] for status in files}}
    s3().put_object(Bucket=BUCKET, Key=f"{folder}/manifest.json", Body=json.dumps(manifest).encode())
    return {"failures": [], "results_key": f"{folder}/manifest.json"}


def counted(batch: Batch) -> float:
    return read_spent_usd(f"{batch.summary['batch_id']}#1")


def test_items_when_one_cannot_be_concluded_then_the_summary_costs_what_was_counted(tmp_path: Path) -> None:
    with batches(tmp_path, handler_of=broken("conclude")) as here:
        batch = here.run("batches/x.jsonl", LINES)
        spent = counted(batch)

    good, bad = batch.rows()["good"], batch.rows()["bad"]
    assert batch.paid() == 2
    assert (bad["status"], bad["error"], bad["attempts"]) == ("ERROR", "BrokenError", 1)
    assert bad["cost_usd"] > 0.04
    assert good["cost_usd"] + bad["cost_usd"] == pytest.approx(spent, abs=1e-6)
    assert batch.summary["cost"]["total_usd"] == pytest.approx(spent, abs=1e-6)
    assert batch.summary["attempts"] == 2
    assert bad["message"].startswith("broken on purpose, broken on purpose")
    assert bad["message"].endswith("…")
    with (batch.folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["item_id"]: float(row["cost_usd"]) for row in csv.DictReader(file)}["bad"] == bad["cost_usd"]


def test_rows_without_a_result_cost_the_same_whichever_way_the_map_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    with batches(tmp_path, handler_of=broken("conclude")) as here:
        original = s3().get_object

        def get_object(**asked: Any) -> Any:
            read.append(asked["Key"])
            return original(**asked)

        batch = here.run("batches/x.jsonl", LINES)
        good, bad = batch.rows()["good"], batch.rows()["bad"]
        [event] = [
            item
            for item in json.loads((batch.folder / "plan/items.json").read_bytes())
            if item["run_id"].endswith("--bad")
        ]
        cause = json.dumps({"errorMessage": "stopped\nby hand", "errorType": "Stopped"})
        no_result = {**bad, "cost_usd": 0, "attempts": 0, "message": cause[:28], "no_result": True}
        execution = {"Input": json.dumps(event), "Status": "FAILED", "Error": "Stopped", "Cause": cause}
        monkeypatch.setattr(s3(), "get_object", get_object)
        ended = concluded(here, batch, from_files(batch, SUCCEEDED=[good, no_result]))
        failed = concluded(here, batch, from_files(batch, SUCCEEDED=[good], FAILED=[execution]))
        stopped = concluded(here, batch, {"failures": [], "results_key": None}, {"error": "Stopped", "cause": cause})

    for one in (ended, failed, stopped):
        assert one.rows()["good"] == good
        assert one.rows()["bad"] == {
            **bad,
            "error": one.rows()["bad"]["error"],
            "message": one.rows()["bad"]["message"],
            "reason": one.rows()["bad"]["message"],
        }
        assert one.summary["cost"]["total_usd"] == batch.summary["cost"]["total_usd"]
        assert len(one.results.splitlines()) == 2
    assert [one.rows()["bad"]["message"] for one in (ended, failed, stopped)] == [
        "stopped b…",
        "stopped by hand",
        "stopped by hand",
    ]
    assert stopped.summary["fault"] == {"error": "Stopped", "message": "stopped by hand"}
    assert any("--bad/ledger/" in key for key in read)
    assert not any("--good/ledger/" in key for key in read)


def test_an_item_that_was_never_begun_costs_nothing_and_its_folder_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with batches(tmp_path, handler_of=broken("prepare")) as here:
        batch = here.run("batches/x.jsonl", LINES)
        monkeypatch.setattr(batch_rows, "read_spending", None)
        again = concluded(here, batch, {"failures": [], "results_key": None})

    for one in (batch, again):
        assert (one.rows()["bad"]["cost_usd"], one.rows()["bad"]["attempts"]) == (0.0, 0)


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"calls": [{"kind": "image"}]}'])
def test_a_ledger_that_is_none_is_named_in_the_row_and_the_batch_has_its_summary(tmp_path: Path, body: bytes) -> None:
    with batches(tmp_path, handler_of=broken("conclude")) as here:
        batch = here.run("batches/x.jsonl", LINES)
        whole = batch.rows()["bad"]["cost_usd"]
        folder = f"generated-images/{batch.summary['batch_id']}--bad/"
        listed = s3().list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}ledger/")["Contents"]
        broken_key = next(entry["Key"] for entry in listed if entry["Key"].endswith("-image.json"))
        s3().put_object(Bucket=BUCKET, Key=broken_key, Body=body)
        row = concluded(here, batch, {"failures": [], "results_key": None}).rows()["bad"]

    assert row["cost_usd"] == pytest.approx(whole - 0.04, abs=1e-6)
    assert row["message"].startswith(
        f"cost_usd lacks what could not be read ({broken_key.removeprefix(folder)}). Nothing was recorded"
    )


def test_after_the_time_for_bills_a_row_says_that_its_own_was_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_rows, "_BILLS_TIME_LIMIT_S", -1.0)
    with batches(tmp_path, handler_of=broken("conclude")) as here:
        row = here.run("batches/x.jsonl", LINES).rows()["bad"]

    assert (row["cost_usd"], row["attempts"]) == (0.0, 0)
    assert row["message"].startswith(
        "cost_usd lacks what could not be read (its ledgers: reading those of other items took too long)"
    )


def test_a_batch_that_eventbridge_takes_late_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emitted: list[dict[str, Any]] = []
    asked: list[Any] = []
    monkeypatch.setattr("lambdas.conclude_batch.handler.emit", emitted.append)
    with batches(tmp_path) as here:
        original = events().put_events

        def put_events(**given: Any) -> Any:
            asked.append(given)
            if len(asked) == 1:
                raise EndpointConnectionError(endpoint_url="events")
            return original(**given)

        monkeypatch.setattr(events(), "put_events", put_events)
        batch = here.run("batches/x.jsonl", LINES[:1])

    assert len(asked) == 2
    assert emitted == [batch.summary]
