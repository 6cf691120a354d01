"""Conclude batch reads the files that the map writes to S3 on AWS (ResultWriter, COMPACT, JSONL).

moto does not write these files, so the tests write them. Their form is documented in AWS docs, "ResultWriter (Map)":
manifest.json names files by status. A line of SUCCEEDED is the output of an execution. A line of FAILED is the execution
itself, with its input as text. PENDING lists executions that never started.
"""

import json
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.conclude_batch.contract import ConcludeBatchEvent
from lambdas.conclude_batch.handler import handler as conclude_batch
from lambdas.core.batch import rows as batch_rows
from lambdas.core.batch.row import MAP_COLUMNS
from lambdas.core.runtime.execution import Fault
from retake.emulator.patches.jsonata import evaluate
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from statemachine import placeholders, read
from tests.support.harnesses.batch import PROMPT, Batch, Batches, batches
from tests.support.harnesses.local_cloud import BUCKET

MAP_RUN = "4f8ae2e0-6d4c-3c0f-b7ad-0e7b1d6f8a11"
ARN = "arn:aws:states:us-east-1:123456789012"
ITEMS = ("a", "b", "c", "d", "e")
MACHINE = json.loads(read("batch", dict.fromkeys(placeholders("batch"), "arn")))["States"]


@pytest.fixture(scope="module")
def outputs() -> list[dict[str, Any]]:
    """The outputs of the items' executions, in the order in which they ended."""
    return []


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, outputs: list[dict[str, Any]]) -> Iterator[Batches]:
    def handler_of(name: str) -> Handler:
        def conclude(event: Any, context: Any) -> Any:
            answer = shipped_handler(name)(event, context)
            outputs.append(answer["result"])
            return answer

        return conclude if name == "conclude" else shipped_handler(name)

    with batches(tmp_path_factory.mktemp("out"), handler_of=handler_of) as found:
        yield found


@pytest.fixture(scope="module")
def ran(here: Batches) -> Batch:
    """A batch whose items a to d have records. Item e has no records."""
    batch = here.run("batches/written.jsonl", [{"id": item_id, "prompt": PROMPT} for item_id in ITEMS])
    key = f"generated-images/{batch.summary['batch_id']}--e/"
    for name in ("result.json", "request.json"):
        here.cloud.clients.s3.delete_object(Bucket=BUCKET, Key=key + name)
    return batch


def event_of(here: Batches, batch: Batch, item_id: str) -> dict[str, Any]:
    items = json.loads((here.root / "batch" / batch.summary["batch_id"] / "plan/items.json").read_bytes())
    return next(item for item in items if item["run_id"].endswith(f"--{item_id}"))


def execution_of(event: dict[str, Any], status: str, **fields: Any) -> dict[str, Any]:
    """Return a child execution in the form of FAILED_n and PENDING_n."""
    return {
        "ExecutionArn": f"{ARN}:execution:batch/Items:{event['run_id']}",
        "Input": json.dumps(event),
        "InputDetails": {"Included": True},
        "Name": event["run_id"],
        "RedriveCount": 0,
        "StartDate": "2026-11-21T06:00:00.099Z",
        "StateMachineArn": f"{ARN}:stateMachine:batch/Items",
        "Status": status,
        "StopDate": "2026-11-21T06:00:10.163Z",
        **fields,
    }


def write_files(here: Batches, batch: Batch, **files: list[list[Any]]) -> str:
    """Write the map's files, given as lists of lines by status, to S3. Return the key of their manifest.json."""
    folder = f"batch/{batch.summary['batch_id']}/map/{MAP_RUN}"
    names: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    for status, contents in files.items():
        for number, lines in enumerate(contents):
            body = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines).encode()
            key = f"{folder}/{status}_{number}.jsonl"
            here.cloud.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
            names[status].append({"Key": key, "Size": len(body)})
    manifest = {
        "DestinationBucket": BUCKET,
        "MapRunArn": f"{ARN}:mapRun:batch/Items:{MAP_RUN}",
        "ResultFiles": names,
    }
    here.cloud.clients.s3.put_object(
        Bucket=BUCKET, Key=f"{folder}/manifest.json", Body=json.dumps(manifest, indent=2).encode()
    )
    return f"{folder}/manifest.json"


def conclude_with(here: Batches, batch: Batch, results_key: str, fault: Fault | None = None) -> Batch:
    """Conclude the batch with the result that the map returns on AWS."""
    result = {
        "MapRunArn": f"{ARN}:mapRun:batch/Items:{MAP_RUN}",
        "ResultWriterDetails": {"Bucket": BUCKET, "Key": results_key},
    }
    plan = json.loads((here.root / "batch" / batch.summary["batch_id"] / "plan/plan.json").read_bytes())
    event: ConcludeBatchEvent = {
        "batch": plan["batch"],
        "map_run": evaluate_map_run(result),
        "fault": fault,
        "execution": {"id": f"{ARN}:execution:batch:x", "name": "x", "started_at": "2026-11-21T06:00:00Z"},
    }
    answer = conclude_batch(event, SimpleNamespace(aws_request_id="request-1"))
    results = (batch.folder / "results.jsonl").read_text(encoding="utf-8")
    return Batch(batch.outcome, answer["summary"], batch.folder, [], results)


def evaluate_map_run(result: Any) -> Any:
    """Return the value that the machine's expression assigns for this result of the map."""
    expression = MACHINE["Run items"]["Assign"]["map_run"]
    return evaluate(expression.removeprefix("{%").removesuffix("%}"), {"states": {"result": result}})


def test_the_result_of_the_map_is_read_by_its_documented_field_names() -> None:
    details = {"Bucket": BUCKET, "Key": f"batch/x/map/{MAP_RUN}/manifest.json"}
    assert evaluate_map_run({"MapRunArn": f"{ARN}:mapRun:batch/Items:{MAP_RUN}", "ResultWriterDetails": details}) == {
        "failures": [],
        "results_key": details["Key"],
    }
    failure = {"item_id": "a", "status": "ERROR", "no_result": True}
    assert evaluate_map_run([{"item_id": "b", "status": "ACCEPTED"}, failure, None]) == {
        "failures": [failure],
        "results_key": None,
    }
    assert evaluate_map_run([{"item_id": "b", "status": "ACCEPTED"}]) == {"failures": [], "results_key": None}
    assert MACHINE["Run items"]["ResultWriter"]["Arguments"]["Prefix"] == "{% $batch.map_prefix %}"


def test_each_row_comes_once_from_the_maps_files_or_else_from_the_items_records(here: Batches, ran: Batch) -> None:
    rows_before = ran.rows()
    failed = {
        **rows_before["b"],
        "engine": None,
        "status": "ERROR",
        "error": "Boom",
        "image": None,
        "report": None,
        "final_prompt": None,
        "score": None,
        "duration_s": 0.0,
        "reason": rows_before["b"]["message"],
    }
    failure = {**failed, "attempts": 0, "cost_usd": 0, "no_result": True}
    # A second file, as after a redrive or above 5 GB. Lines that are not rows, or not JSON, are skipped.
    files: list[list[Any]] = [
        [{**rows_before["a"], "attempts": 7}, failure],
        [rows_before["a"], "null", "[1]", '{"item', ""],
    ]
    batch = conclude_with(here, ran, write_files(here, ran, SUCCEEDED=files))

    rows = batch.rows()
    assert len(batch.results.splitlines()) == len(rows) == batch.summary["items"] == 5
    assert rows["a"] == {**rows_before["a"], "attempts": 7}
    assert rows["b"] == failed
    assert (rows["c"], rows["d"]) == (rows_before["c"], rows_before["d"])
    assert (rows["e"]["status"], rows["e"]["error"]) == ("ERROR", "NotRun")
    assert batch.summary["by_status"] == {"ACCEPTED": 3, "ERROR": 2}


@pytest.mark.parametrize("body", [None, b"{broken", b"[1]"])
def test_a_row_whose_result_cannot_be_read_keeps_its_numbers(here: Batches, ran: Batch, body: bytes | None) -> None:
    rows_before = ran.rows()
    key = f"generated-images/{ran.summary['batch_id']}--c/result.json"
    s3 = here.cloud.clients.s3
    whole = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    if body is None:
        s3.delete_object(Bucket=BUCKET, Key=key)
    else:
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    try:
        files = [[rows_before[item_id] for item_id in ("a", "b", "c", "d")]]
        rows = conclude_with(here, ran, write_files(here, ran, SUCCEEDED=files)).rows()
    finally:
        s3.put_object(Bucket=BUCKET, Key=key, Body=whole)

    message = rows_before["c"]["message"]
    assert rows["c"] == {**rows_before["c"], "final_prompt": None, "reason": message}
    assert rows["d"] == rows_before["d"]


def test_after_the_time_for_results_a_row_has_its_numbers_and_the_plans_texts(
    here: Batches, ran: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The clock is read at the beginning and before each result: the time is over after the first one.
    clock = iter((0.0, 0.0))
    monkeypatch.setattr(batch_rows, "time", SimpleNamespace(monotonic=lambda: next(clock, math.inf)))
    rows_before = ran.rows()
    files = [[rows_before[item_id] for item_id in ("a", "b", "c", "d")]]
    rows = conclude_with(here, ran, write_files(here, ran, SUCCEEDED=files)).rows()

    assert sum(row["final_prompt"] is not None for row in rows.values()) == 1
    assert {row["prompt"] for row in rows.values()} == {PROMPT}
    assert [rows[item_id]["image"] for item_id in "abcd"] == [rows_before[item_id]["image"] for item_id in "abcd"]


def test_the_row_of_a_failed_execution_has_its_result_or_its_error(here: Batches, ran: Batch) -> None:
    rows_before = ran.rows()
    failed = [
        execution_of(event_of(here, ran, "d"), "FAILED", Error="States.Runtime", Cause="after its record"),
        execution_of(event_of(here, ran, "e"), "FAILED", Error="States.Runtime", Cause="no such variable"),
        execution_of(event_of(here, ran, "e"), "ABORTED"),
        {"Status": "FAILED", "InputDetails": {"Included": False}},
        {"Status": "FAILED", "Input": '"no event"'},
    ]
    rows = {"SUCCEEDED": [[rows_before[item_id] for item_id in ("a", "b", "c")]]}
    batch = conclude_with(here, ran, write_files(here, ran, **rows, FAILED=[failed]))

    assert batch.rows()["d"] == rows_before["d"]
    assert [batch.rows()["e"][name] for name in ("status", "error", "message")] == [
        "ERROR",
        "States.Runtime",
        "no such variable",
    ]
    assert set(batch.rows()) == set(ITEMS)
    assert len(batch.results.splitlines()) == 5


def test_the_row_of_a_stopped_or_pending_execution_says_so(here: Batches, ran: Batch) -> None:
    rows_before = ran.rows()
    rows = {"SUCCEEDED": [[rows_before[item_id] for item_id in ("a", "b", "c", "d")]]}
    stopped = [[execution_of(event_of(here, ran, "e"), "ABORTED")]]
    pending = [
        [{"Input": json.dumps(event_of(here, ran, "e")), "InputDetails": {"Included": True}, "Status": "PENDING"}]
    ]

    of_stopped = conclude_with(here, ran, write_files(here, ran, **rows, FAILED=stopped)).rows()["e"]
    of_pending = conclude_with(here, ran, write_files(here, ran, **rows, PENDING=pending)).rows()["e"]

    assert (of_stopped["status"], of_stopped["error"]) == ("ERROR", "Execution.ABORTED")
    assert (of_pending["status"], of_pending["error"]) == ("ERROR", "NotRun")


def test_when_the_map_failed_an_item_without_records_gets_the_maps_error(here: Batches, ran: Batch) -> None:
    fault: Fault = {"error": "States.ItemReaderFailed", "cause": "items.json could not be read"}
    batch = conclude_with(here, ran, write_files(here, ran), fault)

    assert batch.rows()["e"]["error"] == "States.ItemReaderFailed"
    assert batch.summary["by_status"] == {"ACCEPTED": 4, "ERROR": 1}
    assert batch.summary["fault"]["error"] == "States.ItemReaderFailed"


def test_the_output_of_an_items_execution_is_its_row(here: Batches, outputs: list[dict[str, Any]]) -> None:
    lines = [{"id": "good", "prompt": PROMPT}, {"id": "bad", "prompt": "forbidden", "max_prompt_revisions": 0}]
    outputs.clear()
    first, second = here.run("batches/rows.jsonl", lines), here.run("batches/rows.jsonl")

    assert len(outputs) == 4
    for batch, rows in ((first, outputs[:2]), (second, outputs[2:])):
        for row in rows:
            whole = batch.rows()[row["item_id"]]
            assert tuple(row) == MAP_COLUMNS
            assert {**row, "failed": [], "uncertain": [], "image": None} == {
                **{name: whole[name] for name in MAP_COLUMNS},
                "failed": [],
                "uncertain": [],
                "image": None,
            }
            folder = whole["report"].removesuffix("report.html")
            assert whole["image"] == (folder + row["image"] if row["image"] else None)
    assert [first.rows()[item_id]["status"] for item_id in ("good", "bad")] == ["ACCEPTED", "BLOCKED"]
