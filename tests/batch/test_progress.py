"""What is counted of a batch's items while they end: once each, for every execution of the batch anew."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from lambdas.core.batch.progress import count_ended_item
from lambdas.core.runtime.settings import settings
from retake.emulator.batch_table import TABLE
from tests.support.harnesses.batch import PROMPT, Batch, Batches, batches

LINES = [
    {"id": "one", "prompt": PROMPT},
    {"id": "two", "prompt": PROMPT},
    {"id": "never", "prompt": "forbidden", "max_retry_attempts": 1, "max_prompt_revisions": 0},
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batches]:
    with batches(tmp_path_factory.mktemp("ended")) as running:
        yield running


def counted(batch: Batch) -> tuple[int, int]:
    """How many items the table says have ended in the batch's execution, and how many were accepted."""
    execution = batch.summary["execution"].rpartition(":")[2]
    return counted_under(f"{batch.summary['batch_id']}#{batch.summary['generation']}@{execution}")


def counted_under(counter: str) -> tuple[int, int]:
    found: dict[str, Any] = boto3.client("dynamodb").get_item(TableName=TABLE, Key={"id": {"S": counter}})["Item"]
    return int(found["items_ended"]["N"]), int(found["items_accepted"]["N"])


def test_items_when_they_have_ended_then_each_execution_counts_all_of_its_own(here: Batches) -> None:
    first = here.run("batches/counted.jsonl", LINES)
    again = here.run("batches/counted.jsonl")

    assert (first.summary["accepted"], again.summary["accepted"]) == (2, 2)
    assert again.paid() == 0
    assert counted(first) == (3, 2)
    # Items that were accepted before also count as ended in the second execution.
    assert counted(again) == (3, 2)


def test_item_when_it_is_concluded_twice_then_it_counts_once(here: Batches) -> None:
    here.cloud.create_machine("batch")
    for _ in range(2):
        count_ended_item("x-12345678#1@run-1", "x-12345678--one", accepted=True)
    count_ended_item("x-12345678#1@run-1", "x-12345678--two", accepted=False)

    assert counted_under("x-12345678#1@run-1") == (2, 1)


def test_item_when_it_cannot_be_counted_then_it_is_not_the_worse_for_it(
    here: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETAKE_BATCH_TABLE", "no-such-table")
    settings.cache_clear()

    try:
        count_ended_item("x-12345678#1@run-1", "x-12345678--one", accepted=True)
    finally:
        settings.cache_clear()
