"""What the map of AWS leaves in S3 (ResultWriter, COMPACT, JSONL), read by Conclude batch as the service writes it.

moto has no such writer, so the files are put there by the test. Their form: AWS docs, "ResultWriter (Map)": manifest.json
names files by status; a line of SUCCEEDED is an execution's output, a line of FAILED the execution itself, its input a text;
PENDING holds what was never started.
"""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.conclude_batch.contract import ConcludeBatchEvent
from lambdas.conclude_batch.handler import handler as conclude_batch
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
def put_out() -> list[dict[str, Any]]:
    """What the items' executions put out, in the order of their ends."""
    return []


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, put_out: list[dict[str, Any]]) -> Iterator[Batches]:
    def handler_of(name: str) -> Handler:
        def concluded(event: Any, context: Any) -> Any:
            answer = shipped_handler(name)(event, context)
            put_out.append(answer["result"])
            return answer

        return concluded if name == "conclude" else shipped_handler(name)

    with batches(tmp_path_factory.mktemp("out"), handler_of=handler_of) as found:
        yield found


@pytest.fixture(scope="module")
def ran(here: Batches) -> Batch:
    """A batch whose items a to d have records; e has none."""
    batch = here.run("batches/written.jsonl", [{"id": item_id, "prompt": PROMPT} for item_id in ITEMS])
    key = f"generated-images/{batch.summary['batch_id']}--e/"
    for name in ("result.json", "request.json"):
        here.cloud.clients.s3.delete_object(Bucket=BUCKET, Key=key + name)
    return batch


def event_of(here: Batches, batch: Batch, item_id: str) -> dict[str, Any]:
    items = json.loads((here.root / "batch" / batch.summary["batch_id"] / "plan/items.json").read_bytes())
    return next(item for item in items if item["run_id"].endswith(f"--{item_id}"))


def execution_of(event: dict[str, Any], status: str, **fields: Any) -> dict[str, Any]:
    """A child execution as FAILED_n and PENDING_n hold it."""
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


def written(here: Batches, batch: Batch, **files: list[list[Any]]) -> str:
    """Put the map's files into S3, a list of lines each, by status; the key of their manifest.json."""
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


def concluded(here: Batches, batch: Batch, results_key: str, fault: Fault | None = None) -> Batch:
    """Conclude the batch with what the map of AWS answers with."""
    result = {
        "MapRunArn": f"{ARN}:mapRun:batch/Items:{MAP_RUN}",
        "ResultWriterDetails": {"Bucket": BUCKET, "Key": results_key},
    }
    plan = json.loads((here.root / "batch" / batch.summary["batch_id"] / "plan/plan.json").read_bytes())
    event: ConcludeBatchEvent = {
        "batch": plan["batch"],
        "map_run": assigned(result),
        "fault": fault,
        "execution": {"id": f"{ARN}:execution:batch:x", "name": "x", "started_at": "2026-11-21T06:00:00Z"},
    }
    answer = conclude_batch(event, SimpleNamespace(aws_request_id="request-1"))
    results = (batch.folder / "results.jsonl").read_text(encoding="utf-8")
    return Batch(batch.outcome, answer["summary"], batch.folder, [], results)


def assigned(result: Any) -> Any:
    """What the machine's own expression makes of the map's result."""
    expression = MACHINE["Run items"]["Assign"]["map_run"]
    return evaluate(expression.removeprefix("{%").removesuffix("%}"), {"states": {"result": result}})


def test_the_maps_answer_is_read_by_the_names_that_the_service_gives_it() -> None:
    details = {"Bucket": BUCKET, "Key": f"batch/x/map/{MAP_RUN}/manifest.json"}
    assert assigned({"MapRunArn": f"{ARN}:mapRun:batch/Items:{MAP_RUN}", "ResultWriterDetails": details}) == {
        "failures": [],
        "results_key": details["Key"],
    }
    failure = {"item_id": "a", "status": "ERROR", "no_result": True}
    assert assigned([{"item_id": "b", "status": "ACCEPTED"}, failure, None]) == {
        "failures": [failure],
        "results_key": None,
    }
    assert assigned([{"item_id": "b", "status": "ACCEPTED"}]) == {"failures": [], "results_key": None}
    assert MACHINE["Run items"]["ResultWriter"]["Arguments"]["Prefix"] == "{% $batch.map_prefix %}"


def test_rows_come_from_the_maps_files_each_once_and_the_others_from_their_records(here: Batches, ran: Batch) -> None:
    rows_before = ran.rows()
    failed = {
        **rows_before["b"],
        "engine": None,
        "status": "ERROR",
        "error": "Boom",
        "image": None,
        "score": None,
        "duration_s": 0.0,
    }
    failure = {**failed, "attempts": 0, "cost_usd": 0, "no_result": True}
    # Another file, as after a redrive or beyond 5 GB; what is no row, or not even JSON, hides nothing.
    files: list[list[Any]] = [
        [{**rows_before["a"], "attempts": 7}, failure],
        [rows_before["a"], "null", "[1]", '{"item', ""],
    ]
    batch = concluded(here, ran, written(here, ran, SUCCEEDED=files))

    rows = batch.rows()
    assert len(batch.results.splitlines()) == len(rows) == batch.summary["items"] == 5
    assert rows["a"] == {**rows_before["a"], "attempts": 7}
    assert rows["b"] == failed
    assert (rows["c"], rows["d"]) == (rows_before["c"], rows_before["d"])
    assert (rows["e"]["status"], rows["e"]["error"]) == ("ERROR", "NotRun")
    assert batch.summary["by_status"] == {"ACCEPTED": 3, "ERROR": 2}


def test_an_execution_that_failed_has_its_record_or_its_own_reason(here: Batches, ran: Batch) -> None:
    rows_before = ran.rows()
    failed = [
        execution_of(event_of(here, ran, "d"), "FAILED", Error="States.Runtime", Cause="after its record"),
        execution_of(event_of(here, ran, "e"), "FAILED", Error="States.Runtime", Cause="no such variable"),
        execution_of(event_of(here, ran, "e"), "ABORTED"),
        {"Status": "FAILED", "InputDetails": {"Included": False}},
        {"Status": "FAILED", "Input": '"no event"'},
    ]
    rows = {"SUCCEEDED": [[rows_before[item_id] for item_id in ("a", "b", "c")]]}
    batch = concluded(here, ran, written(here, ran, **rows, FAILED=[failed]))

    assert batch.rows()["d"] == rows_before["d"]
    assert [batch.rows()["e"][name] for name in ("status", "error", "message")] == [
        "ERROR",
        "States.Runtime",
        "no such variable",
    ]
    assert set(batch.rows()) == set(ITEMS)
    assert len(batch.results.splitlines()) == 5


def test_what_was_stopped_or_never_started_says_so(here: Batches, ran: Batch) -> None:
    rows_before = ran.rows()
    rows = {"SUCCEEDED": [[rows_before[item_id] for item_id in ("a", "b", "c", "d")]]}
    stopped = [[execution_of(event_of(here, ran, "e"), "ABORTED")]]
    pending = [
        [{"Input": json.dumps(event_of(here, ran, "e")), "InputDetails": {"Included": True}, "Status": "PENDING"}]
    ]

    of_stopped = concluded(here, ran, written(here, ran, **rows, FAILED=stopped)).rows()["e"]
    of_pending = concluded(here, ran, written(here, ran, **rows, PENDING=pending)).rows()["e"]

    assert (of_stopped["status"], of_stopped["error"]) == ("ERROR", "Execution.ABORTED")
    assert (of_pending["status"], of_pending["error"]) == ("ERROR", "NotRun")


def test_when_the_map_failed_the_reason_of_what_has_no_record_is_the_maps(here: Batches, ran: Batch) -> None:
    fault: Fault = {"error": "States.ItemReaderFailed", "cause": "items.json could not be read"}
    batch = concluded(here, ran, written(here, ran), fault)

    assert batch.rows()["e"]["error"] == "States.ItemReaderFailed"
    assert batch.summary["by_status"] == {"ACCEPTED": 4, "ERROR": 1}
    assert batch.summary["fault"]["error"] == "States.ItemReaderFailed"


def test_what_an_items_execution_puts_out_is_its_row(here: Batches, put_out: list[dict[str, Any]]) -> None:
    lines = [{"id": "good", "prompt": PROMPT}, {"id": "bad", "prompt": "forbidden", "max_prompt_revisions": 0}]
    put_out.clear()
    first, second = here.run("batches/rows.jsonl", lines), here.run("batches/rows.jsonl")

    assert len(put_out) == 4
    assert {row["item_id"]: row for row in put_out[:2]} == first.rows()
    assert {row["item_id"]: row for row in put_out[2:]} == second.rows()
    assert [first.rows()[item_id]["status"] for item_id in ("good", "bad")] == ["ACCEPTED", "BLOCKED"]
