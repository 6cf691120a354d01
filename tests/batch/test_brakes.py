"""What holds a batch back: its ceiling, faults of the models, of its functions and of its map, and the end of the process."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.money.budget import read_spent_usd
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from tests.support.harnesses.batch import PROMPT, batches

WRONG = {"on": "image", "fault": "paint_wrong"}
PICTURE_USD = 0.04


def lines(count: int) -> list[dict[str, Any]]:
    return [{"id": f"i{number}", "prompt": PROMPT} for number in range(count)]


def test_the_ceiling_holds_for_all_items_together(tmp_path: Path) -> None:
    with batches(tmp_path, faults=(WRONG,)) as here:
        batch = here.run("batches/x.jsonl", lines(6), {"batch_max_cost_usd": 0.5, "max_concurrency": 6})
        counted = read_spent_usd(f"{batch.summary['batch_id']}#1")
        again = here.run("batches/x.jsonl", lines(6), {"batch_max_cost_usd": 0.5})

    assert batch.summary["by_status"] == {"BUDGET_EXCEEDED": 6}
    # The ceiling is used, not only kept: what is left would not pay for another picture and its verdict.
    assert 0.5 - PICTURE_USD - 0.03 < batch.summary["cost"]["total_usd"] <= 0.5
    assert batch.paid() == sum(row["attempts"] for row in batch.rows().values()) <= 12
    # What could not be given back in time stays counted: never less than was paid, never more than the ceiling.
    # Each of the six rows is rounded to a millionth.
    assert batch.summary["cost"]["total_usd"] - 3e-6 <= counted <= 0.5
    assert again.paid() == 0


def test_a_batch_goes_on_in_a_new_process_with_nothing_paid_twice_and_its_spending_known(tmp_path: Path) -> None:
    content = [*lines(2), {"id": "late", "prompt": "a green star"}]
    with batches(tmp_path, faults=({"on": "verdict", "fault": "access_denied", "calls": [2]},)) as here:
        first = here.run("batches/x.jsonl", content, {"max_concurrency": 1})
    with batches(tmp_path) as here:
        here.cloud.restore_batch(first.summary["batch_id"])
        restored = read_spent_usd(f"{first.summary['batch_id']}#1")
        here.cloud.restore_batch(first.summary["batch_id"])
        assert read_spent_usd(f"{first.summary['batch_id']}#1") == restored
        second = here.run("batches/x.jsonl", content, {"max_concurrency": 1})

    assert (first.summary["accepted"], first.summary["errors"]) == (2, 1)
    [failed] = [row for row in first.rows().values() if row["status"] == "ERROR"]
    assert failed["error"] == "ModelAccessError"
    # Each of the three rows is rounded to a millionth.
    assert restored == pytest.approx(first.summary["cost"]["total_usd"], abs=1.5e-6)
    assert (second.summary["status"], second.paid("image"), second.paid("verdict")) == ("ACCEPTED", 0, 1)
    kept = {item_id: row for item_id, row in first.rows().items() if row != failed}
    assert {item_id: second.rows()[item_id] for item_id in kept} == kept


def test_under_throttling_and_dropped_connections_every_item_has_its_outcome(tmp_path: Path) -> None:
    faults = ({"on": "any", "fault": "throttle", "rate": 0.3}, {"on": "any", "fault": "drop", "rate": 0.05})
    with batches(tmp_path, faults=faults) as here:
        batch = here.run("batches/x.jsonl", lines(24), {"max_concurrency": 8})

    rows = batch.rows()
    assert len(rows) == batch.summary["items"] == 24
    assert all(row["status"] == "ACCEPTED" or row["error"] for row in rows.values())
    assert batch.summary["accepted"] >= 20
    assert {call.fault for call in batch.calls} >= {"throttle", "drop"}
    # Neither Plan batch, nor the map, nor Conclude batch failed.
    assert batch.outcome.error in (None, "BatchNotAccepted")
    assert "fault" not in batch.summary


def test_a_stopped_batch_keeps_every_record_and_goes_on_with_nothing_paid_twice(tmp_path: Path) -> None:
    may_go_on, waiting = threading.Event(), list[str]()

    def handler_of(name: str) -> Handler:
        def held(event: Any, context: Any) -> Any:
            if not event["run"]["run_id"].endswith(("--i0", "--i1", "--i2")):
                waiting.append(event["run"]["run_id"])
                assert may_go_on.wait(60)
            return shipped_handler(name)(event, context)

        return held if name == "validate" else shipped_handler(name)

    def records() -> dict[str, bytes]:
        return {path.parent.name: path.read_bytes() for path in tmp_path.glob("*--i*/result.json")}

    with batches(tmp_path, handler_of=handler_of) as here:
        here.upload("batches/x.jsonl", lines(8), {"max_concurrency": 2})
        execution = here.start("batches/x.jsonl")
        while len(records()) < 3 or len(waiting) < 2:
            assert here.cloud.clients.stepfunctions.describe_execution(executionArn=execution)["status"] == "RUNNING"
            time.sleep(0.02)
        here.cloud.stop(execution)
        # The batch has not ended before its functions have.
        threading.Timer(0.5, may_go_on.set).start()
        stopped, kept = here.cloud.wait(execution, timeout_s=60), records()
        paid = {name: here.bedrock.calls.count_paid(name) for name in ("image", "verdict")}
        summaries = list(tmp_path.glob("batch/*/summary.json"))
        second = here.run("batches/x.jsonl")

    assert stopped.status == "ABORTED"
    assert summaries == []
    assert {name[-2:] for name in kept} >= {"i0", "i1", "i2"}
    # Two items were being judged: these calls came to their end, and nothing else was begun.
    assert paid == {"image": 5, "verdict": 5}
    assert (second.summary["status"], second.summary["accepted"]) == ("ACCEPTED", 8)
    assert (second.paid("requirements"), second.paid("image"), second.paid("verdict")) == (3, 3, 3)
    assert {name: body for name, body in records().items() if name in kept} == kept


def test_an_item_whose_functions_break_has_a_row_and_stops_no_other(tmp_path: Path) -> None:
    def handler_of(name: str) -> Handler:
        return _broken_for("i1", shipped_handler(name)) if name in ("prepare", "conclude") else shipped_handler(name)

    with batches(tmp_path, handler_of=handler_of) as here:
        batch = here.run("batches/x.jsonl", lines(3), {"max_concurrency": 1})

    assert batch.summary["by_status"] == {"ACCEPTED": 2, "ERROR": 1}
    row = batch.rows()["i1"]
    assert (row["status"], row["error"]) == ("ERROR", "BrokenError")
    assert "broken on purpose" in row["message"]
    assert set(row) == set(batch.rows()["i0"])


def test_when_the_map_itself_fails_every_item_without_a_record_is_an_error(tmp_path: Path) -> None:
    def handler_of(name: str) -> Handler:
        return _beyond_the_map if name == "plan" else shipped_handler(name)

    with batches(tmp_path, handler_of=handler_of) as here:
        batch = here.run("batches/x.jsonl", lines(2))

    assert (batch.outcome.error, batch.summary["errors"], batch.calls) == ("BatchNotAccepted", 2, [])
    assert batch.summary["fault"]["error"]
    assert {row["error"] for row in batch.rows().values()} == {batch.summary["fault"]["error"]}


class BrokenError(Exception):
    """An unexpected error."""


def _broken_for(item_id: str, handler: Handler) -> Callable[[Any, Any], Any]:
    def broken(event: Any, context: Any) -> Any:
        if item_id in json.dumps(event):
            raise BrokenError("broken on purpose")
        return handler(event, context)

    return broken


def _beyond_the_map(event: Any, context: Any) -> Any:
    """Plan batch, but with a concurrency that no map takes."""
    answer = shipped_handler("plan")(event, context)
    return {**answer, "batch": {**answer["batch"], "max_concurrency": "many"}}


def test_a_running_batch_is_not_started_again(tmp_path: Path) -> None:
    faults = ({"on": "requirements", "fault": "stall", "stall_s": 2, "times": 1},)
    with batches(tmp_path, faults=faults) as here:
        here.upload("batches/x.jsonl", lines(1))
        first = here.start("batches/x.jsonl")
        while not list(tmp_path.rglob("request.json")):
            assert here.cloud.clients.stepfunctions.describe_execution(executionArn=first)["status"] == "RUNNING"
        second = here.run("batches/x.jsonl")
        ended = here.wait(first)

    assert (second.summary["status"], ended.summary["status"]) == ("REFUSED", "ACCEPTED")
    assert "is being run by another execution" in second.summary["message"]
    assert json.loads((ended.folder / "summary.json").read_text(encoding="utf-8")) == ended.summary
