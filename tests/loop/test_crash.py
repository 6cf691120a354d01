"""A function that is killed, or a store that fails, at any point: what lies in S3 is never paid for twice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from lambdas.core.runtime import clients
from lambdas.core.storage.run_folder import RunFolder
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import shipped_handler
from tests.support.cases.scenarios import PROMPT
from tests.support.harnesses.loop import run

# AWS: the name under which Step Functions sees a function that was killed.
Killed = type("Sandbox.Timedout", (Exception,), {})

RECORDS = [
    "request.json",
    "ledger/requirements.json",
    "requirements.json",
    "r00/prompt.json",
    "r00/a01/image-1.png",
    "ledger/r00-a01-image.json",
    "r00/a01/attempt.json",
    "ledger/r00-a01-verdict.json",
    "r00/a01/verdict.json",
    "result.json",
    "report.html",
]


@pytest.mark.parametrize("record", RECORDS)
def test_a_function_killed_right_after_any_record_pays_nothing_twice(
    record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[str] = []
    write = RunFolder.write

    def killed_after(folder: RunFolder, name: str, *content: Any) -> None:
        write(folder, name, *content)
        # The last write of the record in question: a ledger is written before the call and after it.
        settled = not name.startswith("ledger/") or b'"cost_usd": null' not in content[0]
        if name == record and settled and not killed:
            killed.append(name)
            raise Killed("killed")

    monkeypatch.setattr(RunFolder, "write", killed_after)
    ran = run(tmp_path, {"prompt": PROMPT})

    assert killed == [record]
    assert ran.answer["status"] == "ACCEPTED"
    # Between an answer of Claude's and its record nothing is in S3 yet: that one call is paid for again, and counted.
    # A picture is kept before anything else is written.
    twice = {"ledger/requirements.json": 0, "ledger/r00-a01-verdict.json": 2}
    expected = [1, 1, 1, 0, 0]
    if record in twice:
        expected[twice[record]] = 2
    assert ran.paid() == tuple(expected)
    assert ran.answer["cost"]["image_usd"] == pytest.approx(0.04 * expected[1])
    assert ran.answer["images"] == 1


def test_a_function_killed_before_its_answer_has_its_call_counted_as_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[str] = []
    write = RunFolder.write

    def killed_at_the_reservation(folder: RunFolder, name: str, *content: Any) -> None:
        write(folder, name, *content)
        if name == "ledger/r00-a01-image.json" and not killed:
            killed.append(name)
            raise Killed("killed")

    monkeypatch.setattr(RunFolder, "write", killed_at_the_reservation)
    ran = run(tmp_path, {"prompt": PROMPT})

    assert ran.paid()[1] == 1
    assert ran.answer["cost"]["image_usd"] == pytest.approx(0.08)


def test_an_s3_write_that_fails_once_is_made_again_and_nothing_else(tmp_path: Path) -> None:
    failed: list[str] = []

    def fail_once(cloud: LocalCloud) -> None:
        def before_send(request: Any, **_: Any) -> Any:
            if "image-1" in request.url and not failed:
                failed.append(request.url)
                return AWSResponse(request.url, 503, HTTPHeaders(), _Raw(b"<Error><Code>SlowDown</Code></Error>"))
            return None

        clients.s3().meta.events.register_first("before-send.s3.PutObject", before_send)

    ran = run(tmp_path, {"prompt": PROMPT}, before_start=fail_once)

    assert len(failed) == 1
    assert ran.answer["status"] == "ACCEPTED"
    assert ran.paid() == (1, 1, 1, 0, 0)


def test_a_store_that_fails_for_a_while_is_a_retried_record_error(tmp_path: Path) -> None:
    # As many failures as the SDK has tries; the last is felt by the state machine.
    failures = [0]

    def fail(cloud: LocalCloud) -> None:
        def before_send(request: Any, **_: Any) -> Any:
            if "attempt.json" in request.url and failures[0] < 3:
                failures[0] += 1
                return AWSResponse(request.url, 503, HTTPHeaders(), _Raw(b"<Error><Code>SlowDown</Code></Error>"))
            return None

        clients.s3().meta.events.register_first("before-send.s3.PutObject", before_send)

    ran = run(tmp_path, {"prompt": PROMPT}, before_start=fail)

    assert failures[0] == 3
    assert ran.answer["status"] == "ACCEPTED"
    assert ran.paid() == (1, 1, 1, 0, 0)


def test_a_run_started_again_with_the_same_request_pays_nothing(tmp_path: Path) -> None:
    event = {"prompt": PROMPT, "run_id": "again", "max_retry_attempts": 2}
    first = run(tmp_path, event, faults=({"on": "image", "fault": "paint_wrong", "times": 1},), name="first")
    second = run(tmp_path, event, name="second")

    assert first.paid() == (1, 2, 2, 0, 0)
    assert second.paid() == (0, 0, 0, 0, 0)
    for key in ("status", "image", "verdict", "attempts", "images"):
        assert second.answer[key] == first.answer[key]
    assert second.answer["cost"]["total_usd"] == first.answer["cost"]["total_usd"]


def test_a_run_that_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    event = {"prompt": PROMPT, "run_id": "broken"}
    first = run(tmp_path, event, faults=({"on": "verdict", "fault": "access_denied"},), name="first")
    second = run(tmp_path, event, name="second")

    assert (first.answer["status"], first.paid()) == ("ERROR", (1, 1, 0, 0, 0))
    assert first.answer["image"]
    assert (second.answer["status"], second.paid()) == ("ACCEPTED", (0, 0, 1, 0, 0))
    assert second.answer["image"]["sha256"] == first.answer["image"]["sha256"]


def test_a_run_goes_on_under_higher_limits(tmp_path: Path) -> None:
    event = {"prompt": PROMPT, "run_id": "higher", "max_retry_attempts": 2, "max_prompt_revisions": 0}
    first = run(tmp_path, event, faults=({"on": "image", "fault": "paint_wrong"},), name="first")
    second = run(tmp_path, {**event, "max_retry_attempts": 3}, name="second")

    assert (first.answer["status"], first.paid()[1]) == ("EXHAUSTED", 2)
    assert (second.answer["status"], second.paid()) == ("ACCEPTED", (0, 1, 1, 0, 0))


def test_a_resumed_run_counts_what_lies_ahead_on_its_way(tmp_path: Path) -> None:
    # The second revision's pictures are paid for; with more attempts a wording, the way leads to new ones before them.
    wrong = ({"on": "image", "fault": "paint_wrong"},)
    event = {
        "prompt": PROMPT,
        "run_id": "ahead",
        "max_retry_attempts": 2,
        "max_prompt_revisions": 1,
        "max_cost_usd": 0.23,
    }
    first = run(tmp_path, event, faults=wrong, name="first")
    second = run(tmp_path, {**event, "max_retry_attempts": 4}, faults=wrong, name="second")

    assert (first.answer["status"], first.paid()[1]) == ("EXHAUSTED", 4)
    assert (second.answer["status"], second.paid()[1]) == ("BUDGET_EXCEEDED", 1)
    assert second.answer["cost"]["total_usd"] <= 0.23


@pytest.mark.parametrize("body", [b'{"cand', b"[]", b"{}"])
def test_a_record_that_is_corrupt_ends_the_run_at_once_and_is_named(
    body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    read_record = RunFolder.read

    def corrupt(folder: RunFolder, name: str) -> bytes | None:
        if name != "r00/a01/verdict.json":
            return read_record(folder, name)
        read.append(name)
        return body

    monkeypatch.setattr(RunFolder, "read", corrupt)
    ran = run(tmp_path, {"prompt": PROMPT, "run_id": "corrupt"})

    assert ran.outcome.error == "CorruptRecordError"
    assert "/corrupt/r00/a01/verdict.json: " in (ran.outcome.cause or "")
    assert "delete it and start again: it is made again" in (ran.outcome.cause or "")
    assert len(read) == 1


def test_nulls_in_an_event_do_not_lose_the_record_of_a_fault(tmp_path: Path) -> None:
    event = {"prompt": PROMPT, "run_id": None, "output_s3_bucket_name": None, "output_s3_key_prefix": None}
    ran = run(tmp_path, event, faults=({"on": "requirements", "fault": "rubbish"},))

    assert ran.outcome.error == "ModelAnswerError"
    assert ran.answer["run_id"] == "run"
    assert ran.json("result.json")["cost"]["total_usd"] > 0


def test_a_run_that_was_taken_over_does_not_end_accepted_with_nothing(tmp_path: Path) -> None:
    def takes_over(cloud: LocalCloud) -> None:
        def before_send(request: Any, **_: Any) -> None:
            if "verdict.json" in request.url:
                folder = RunFolder("retake-local", "generated-images", "shared")
                document = folder.require_json("request.json")
                folder.write_json("request.json", {**document, "execution": "another"})

        clients.s3().meta.events.register_first("before-send.s3.PutObject", before_send)

    ran = run(tmp_path, {"prompt": PROMPT, "run_id": "shared"}, before_start=takes_over)

    assert (ran.outcome.status, ran.answer["status"]) == ("FAILED", "ERROR")
    assert "another execution took over this run" in ran.answer["message"]


def test_a_picture_that_cannot_be_opened_is_kept_and_a_resumed_run_goes_on_with_the_next_seed(tmp_path: Path) -> None:
    event = {"prompt": PROMPT, "run_id": "unreadable", "max_retry_attempts": 1, "max_prompt_revisions": 0}
    first = run(tmp_path, event, faults=({"on": "image", "fault": "image_text"},), name="first")
    second = run(tmp_path, {**event, "max_retry_attempts": 2}, name="second")

    assert (first.outcome.error, first.answer["image"], first.paid()) == ("RunExhausted", None, (1, 1, 0, 0, 0))
    assert (first.folder / "r00/a01/image-1.png").read_bytes() == b"this is not a picture"
    page = (first.folder / "report.html").read_text(encoding="utf-8")
    assert '<a href="r00/a01/image-1.png">image-1.png</a> (the file cannot be read as a picture)' in page
    assert (second.answer["status"], second.paid()) == ("ACCEPTED", (0, 1, 1, 0, 0))
    assert second.answer["cost"]["image_usd"] == pytest.approx(0.08)
    assert second.answer["image"]["key"].endswith("r00/a02/image-1.png")


def test_a_run_that_died_at_a_broken_picture_does_not_die_there_again(tmp_path: Path) -> None:
    # The picture was kept and the function killed, before anyone looked at it.
    event = {"prompt": PROMPT, "run_id": "broken-picture"}
    faults = ({"on": "image", "fault": "image_cut", "times": 1}, {"on": "verdict", "fault": "access_denied"})
    first = run(tmp_path, event, faults=faults, name="first")
    second = run(tmp_path, event, name="second")

    assert (first.outcome.error, first.paid()[1]) == ("ModelAccessError", 2)
    assert (second.answer["status"], second.paid()) == ("ACCEPTED", (0, 0, 1, 0, 0))
    assert second.answer["image"]["key"].endswith("r00/a02/image-1.png")


def test_another_request_under_the_same_run_id_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    event = {"prompt": PROMPT, "run_id": "taken"}
    first = run(tmp_path, event, name="first")
    before = {name: (first.folder / name).read_bytes() for name in first.files()}
    second = run(tmp_path, {**event, "prompt": "a green star"}, name="second")

    assert second.outcome.error == "InvalidRequestError"
    assert second.answer["message"].startswith("run_id: 'taken' already belongs to a run with another request")
    assert {name: (first.folder / name).read_bytes() for name in first.files()} == before


def test_a_second_delivery_of_a_schedule_ends_duplicate_and_unpaid(tmp_path: Path) -> None:
    event = {"prompt": PROMPT, "trigger": {"schedule": "daily", "time": "2026-11-21T06:00:00Z"}}
    first = run(tmp_path, event, name="first")
    run_id = first.answer["run_id"]
    before = (first.folder / "result.json").read_bytes()
    second = run(tmp_path, event, name="second", before_start=lambda cloud: cloud.restore_run(run_id) and None)

    assert (first.answer["status"], run_id) == ("ACCEPTED", "daily-20261121T060000Z")
    assert (second.outcome.status, second.answer["status"], second.paid()) == (
        "SUCCEEDED",
        "DUPLICATE",
        (0, 0, 0, 0, 0),
    )
    assert (first.folder / "result.json").read_bytes() == before


def test_the_first_fault_is_kept_when_conclude_fails_too(tmp_path: Path) -> None:
    def handlers(name: str) -> Callable[..., Any]:
        if name == "conclude":
            return _raises
        return shipped_handler(name)

    ran = run(tmp_path, {"prompt": " "}, handler_of=handlers)

    assert ran.outcome.error == "InvalidRequestError"
    assert json.loads(ran.outcome.cause or "")["errorMessage"].startswith("prompt: is blank")


def _raises(event: Any, context: Any) -> Any:
    raise RuntimeError("conclude failed")


class _Raw:
    """The body of an HTTP response, as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self._body
