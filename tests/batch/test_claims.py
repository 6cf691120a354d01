"""Which execution has what: a delivery that crashed is taken over, one that runs or has ended is not; one runs a batch."""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.batch import claim
from lambdas.core.request.batch_item import batch_id_of
from lambdas.plan import handler
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from tests.support.harnesses.batch import PROMPT, Batches, batches
from tests.support.harnesses.local_cloud import BUCKET

KEY = "batches/Frühling 2026/Plakate + Karten 春.jsonl"
BATCH_ID = batch_id_of(BUCKET, KEY)
LINES = [{"id": "a", "prompt": PROMPT}, {"id": "b", "prompt": "a green star"}]
SEQUENCER = "0055AED6DCD90281E5"


class CrashedError(Exception):
    """An unexpected error that ends the function."""


class Gate:
    """Holds the functions of one name before they begin, until it is opened."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._opened, self._reached = threading.Event(), threading.Event()

    def handler_of(self, name: str) -> Handler:
        return self._held if name == self._name else shipped_handler(name)

    def _held(self, event: Any, context: Any) -> Any:
        self._reached.set()
        assert self._opened.wait(60)
        return shipped_handler(self._name)(event, context)

    def reached(self) -> None:
        assert self._reached.wait(60)

    def open(self) -> None:
        self._opened.set()


def claims(root: Path) -> dict[str, str]:
    """The execution in each claim, by the name of a run or of a delivery."""
    found = sorted((root / "batch" / BATCH_ID / "claims").glob("*.json"))
    holders = {path.stem: json.loads(path.read_text(encoding="utf-8"))["execution"] for path in found}
    return {name if name.startswith("run-") else f"delivery-{name[-1]}": held for name, held in holders.items()}


def crashing_once(name: str, *, after: bool) -> Callable[[str], Handler]:
    crashed: list[str] = []

    def crashing(event: Any, context: Any) -> Any:
        if crashed:
            return shipped_handler(name)(event, context)
        crashed.append(name)
        if after:
            shipped_handler(name)(event, context)
        raise CrashedError("on purpose")

    return lambda asked: crashing if asked == name else shipped_handler(asked)


@pytest.mark.parametrize(("name", "after", "paid_first"), [("plan", True, 0), ("conclude_batch", False, 2)])
def test_a_delivery_whose_execution_crashed_is_taken_over_by_the_next(
    name: str, after: bool, paid_first: int, tmp_path: Path
) -> None:
    with batches(tmp_path, handler_of=crashing_once(name, after=after)) as here:
        here.upload(KEY, LINES)
        crashed_execution = here.start(KEY, sequencer=SEQUENCER)
        crashed = here.cloud.wait(crashed_execution, timeout_s=60)
        paid = here.bedrock.calls.count_paid("image")
        taken = here.run(KEY, sequencer=SEQUENCER)
        late = here.run(KEY, sequencer=SEQUENCER)

    assert (crashed.status, crashed.error, paid) == ("FAILED", "CrashedError", paid_first)
    assert (taken.summary["status"], taken.summary["accepted"], taken.paid()) == ("ACCEPTED", 2, 2 - paid_first)
    assert (late.summary, late.calls) == ({"status": "DUPLICATE", "batch_id": BATCH_ID}, [])
    by = taken.summary["execution"]
    assert claims(tmp_path) == {
        "delivery-1": crashed_execution,
        "delivery-2": by,
        "run-1": crashed_execution,
        "run-2": by,
    }


def test_five_deliveries_at_once_after_a_crash_are_one_batch(tmp_path: Path) -> None:
    with batches(tmp_path, handler_of=crashing_once("plan", after=True)) as here:
        here.upload(KEY, LINES)
        here.cloud.wait(here.start(KEY, sequencer=SEQUENCER), timeout_s=60)
        ended = [here.wait(start) for start in [here.start(KEY, sequencer=SEQUENCER) for _ in range(5)]]
        paid = here.bedrock.calls.count_paid("image")

    assert sorted(batch.summary["status"] for batch in ended) == ["ACCEPTED", *["DUPLICATE"] * 4]
    assert paid == 2
    assert set(claims(tmp_path)) == {"delivery-1", "delivery-2", "run-1", "run-2"}


def test_a_delivery_whose_execution_runs_is_a_duplicate_and_another_start_is_refused(tmp_path: Path) -> None:
    gate = Gate("generate")
    with batches(tmp_path, handler_of=gate.handler_of) as here:
        here.upload(KEY, LINES)
        first = here.start(KEY, sequencer=SEQUENCER)
        gate.reached()
        again = here.run(KEY, sequencer=SEQUENCER)
        other = here.run(KEY)
        gate.open()
        ended = here.wait(first)

    assert (again.summary["status"], other.summary["status"], ended.summary["status"]) == (
        "DUPLICATE",
        "REFUSED",
        "ACCEPTED",
    )
    assert ended.paid() == 2
    assert claims(tmp_path)["run-1"] == first
    assert "run-2" not in claims(tmp_path)


def test_a_corrected_file_that_comes_while_its_batch_runs_is_run_after_it(tmp_path: Path) -> None:
    gate = Gate("generate")
    with batches(tmp_path, handler_of=gate.handler_of) as here:
        here.upload(KEY, LINES[:1])
        first = here.start(KEY, sequencer="1")
        gate.reached()
        here.upload(KEY, LINES)
        newer = here.start(KEY, sequencer="2")
        # Both deliveries are claimed, and the batch is the first one's.
        while len(list((tmp_path / "batch" / BATCH_ID / "claims").glob("*.json"))) < 3:
            time.sleep(0.05)
        gate.open()
        before, after = here.wait(first), here.wait(newer)
        paid = here.bedrock.calls.count_paid("image")

    assert (before.summary["status"], before.summary["items"]) == ("ACCEPTED", 1)
    assert (after.summary["status"], after.summary["items"], after.summary["accepted"]) == ("ACCEPTED", 2, 2)
    assert paid == 2


def test_a_file_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_LONGEST_WAIT", timedelta(0))
    gate = Gate("generate")
    with batches(tmp_path, handler_of=gate.handler_of) as here:
        here.upload(KEY, LINES)
        first = here.start(KEY, sequencer="1")
        gate.reached()
        newer = here.run(KEY, sequencer="2")
        gate.open()
        here.wait(first)

    assert newer.summary["status"] == "REFUSED"
    assert "is being run by another execution" in newer.summary["message"]


def test_an_ended_delivery_is_a_duplicate_also_when_a_newer_one_has_ended_since(tmp_path: Path) -> None:
    with batches(tmp_path) as here:
        first = here.run(KEY, LINES, {"rerun": "all"}, sequencer="1")
        newer = here.run(KEY, sequencer="2")
        late = [here.run(KEY, sequencer=sequencer) for sequencer in ("1", "2", "1")]

    assert [batch.summary["status"] for batch in (first, newer)] == ["ACCEPTED", "ACCEPTED"]
    assert [batch.paid() for batch in (first, newer)] == [2, 2]
    assert [(batch.summary["status"], batch.calls) for batch in late] == [("DUPLICATE", [])] * 3


def test_a_delivery_that_was_not_all_accepted_is_not_run_again_by_its_own_event(tmp_path: Path) -> None:
    lines = [*LINES, {"id": "never", "prompt": "forbidden", "max_prompt_revisions": 0}]
    with batches(tmp_path) as here:
        first = here.run(KEY, lines, sequencer="1")
        newer = here.run(KEY, sequencer="2")
        late = here.run(KEY, sequencer="1")

    assert [batch.summary["status"] for batch in (first, newer, late)] == [
        "NOT_ALL_ACCEPTED",
        "NOT_ALL_ACCEPTED",
        "DUPLICATE",
    ]
    assert late.calls == []


def test_a_delivery_that_was_refused_is_not_run_by_its_own_event_after_a_newer_one(tmp_path: Path) -> None:
    with batches(tmp_path) as here:
        refused = here.run(KEY, [*LINES, {"prompt": ""}], {"strict": True}, sequencer="1")
        newer = here.run(KEY, LINES, {"rerun": "all"}, sequencer="2")
        late = here.run(KEY, sequencer="1")

    assert [batch.summary["status"] for batch in (refused, newer, late)] == ["REFUSED", "ACCEPTED", "DUPLICATE"]
    assert (newer.paid(), late.calls) == (2, [])


def test_everything_is_run_again_also_when_a_refusal_came_between(tmp_path: Path) -> None:
    with batches(tmp_path) as here:
        first = here.run(KEY, LINES)
        refused = here.run(KEY, [*LINES, {"prompt": ""}], {"strict": True, "rerun": "all"})
        again = here.run(KEY, LINES, {"rerun": "all"})

    assert [batch.summary["status"] for batch in (first, refused, again)] == ["ACCEPTED", "REFUSED", "ACCEPTED"]
    assert (first.paid(), again.paid(), again.summary["generation"]) == (2, 2, 2)


def test_an_execution_that_step_functions_does_not_know_yet_is_not_taken_for_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # AWS: DescribeExecution is eventually consistent.
    gate = Gate("generate")
    with batches(tmp_path, handler_of=gate.handler_of) as here:
        here.upload(KEY, LINES)
        first = here.start(KEY, sequencer=SEQUENCER)
        gate.reached()
        with monkeypatch.context() as unknown:
            unknown.setattr(claim, "_describe", lambda execution: {"status": ""})
            again = here.run(KEY, sequencer=SEQUENCER)
            other = here.run(KEY)
        gate.open()
        ended = here.wait(first)

    assert [batch.summary["status"] for batch in (again, other, ended)] == ["DUPLICATE", "REFUSED", "ACCEPTED"]
    assert ended.paid() == 2


def test_an_execution_that_step_functions_no_longer_knows_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with batches(tmp_path, handler_of=crashing_once("plan", after=True)) as here:
        here.upload(KEY, LINES)
        here.cloud.wait(here.start(KEY, sequencer=SEQUENCER), timeout_s=60)
        monkeypatch.setattr(claim, "_describe", lambda execution: {"status": ""})
        monkeypatch.setattr(claim, "_UNKNOWN_S", 0)
        taken = here.run(KEY, sequencer=SEQUENCER)

    assert (taken.summary["status"], taken.paid()) == ("ACCEPTED", 2)


@pytest.mark.parametrize("how", ["deleted", "overwritten"])
def test_what_happens_to_the_file_during_the_run_harms_nothing(how: str, tmp_path: Path) -> None:
    gate = Gate("generate")
    with batches(tmp_path, handler_of=gate.handler_of) as here:
        here.upload(KEY, LINES, {"max_concurrency": 1})
        execution = here.start(KEY, sequencer=SEQUENCER)
        gate.reached()
        _spoil(here, how)
        gate.open()
        batch = here.wait(execution)
        _spoil(here, how)
        after = here.run(KEY)

    assert (batch.summary["status"], batch.summary["accepted"], batch.paid()) == ("ACCEPTED", 2, 2)
    assert set(batch.rows()) == {"a", "b"}
    assert (after.summary["status"], after.calls) == ("REFUSED", [])
    assert ("does not exist" if how == "deleted" else "no line can be run") in after.summary["message"]


def _spoil(here: Batches, how: str) -> None:
    for key in (KEY, KEY.replace(".jsonl", ".defaults.json")):
        if how == "deleted":
            here.cloud.clients.s3.delete_object(Bucket=BUCKET, Key=key)
        else:
            here.cloud.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b'{"batch_max_cost_usd": 0.5}')
