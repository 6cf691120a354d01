"""The map's row fits into 1 KiB, whatever the result holds. The whole row has the texts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.batch.row import MAP_COLUMNS, MAX_ROW_BYTES, complete_row, rejected_row, row_of, row_without_result
from lambdas.core.batch.summary import Tally

EVENT: dict[str, Any] = {"run_id": "x--i", "prompt": "a moon", "batch": {"id": "x", "line": 7, "extra": {"sku": "A-1"}}}
RESULT: dict[str, Any] = {
    "status": "EXHAUSTED",
    "message": "Not accepted.",
    "final_prompt": "one moon",
    "verdict": {
        "score": 0.3333,
        "reason": "There is no moon.",
        "checks": [
            {"id": "r1", "met": True},
            {"id": "r2", "text": "a moon", "observed": "a sun", "met": False},
            {"id": "r3", "met": False, "certain": False},
        ],
    },
    "attempts": 1,
    "revisions": 0,
    "images": 1,
    "cost": {"total_usd": 0.05},
    "duration_s": 1.0,
    "image": {"s3_uri": "s3://b/p/x--i/r00/a01/image-1.png"},
    "report_s3_uri": "s3://b/p/x--i/report.html",
}


@given(message=st.text(max_size=3_000), prefix=st.text("aé/", max_size=200), failed=st.integers(0, 30))
def test_a_row_has_every_column_and_at_most_one_kibibyte(message: str, prefix: str, failed: int) -> None:
    result: dict[str, Any] = {
        "status": "EXHAUSTED",
        "message": message,
        "verdict": {"score": 0.5, "checks": [{"id": "r" * 39 + str(place), "met": False} for place in range(failed)]},
        "attempts": 20,
        "revisions": 3,
        "images": 20,
        "cost": {"total_usd": 1.234567},
        "duration_s": 12345.678,
        "image": {"s3_uri": f"s3://{'b' * 63}/{prefix}/{'x' * 80}/r00/a01/image-1.png"},
        "report_s3_uri": f"s3://{'b' * 63}/{prefix}/{'x' * 80}/report.html",
    }
    for row in (row_of("i" * 40, result), row_without_result("i" * 40, "SomeError", message)):
        assert tuple(row) == MAP_COLUMNS
        assert len(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")) <= MAX_ROW_BYTES
        assert len(row["failed"]) == min(failed, 5) if row["status"] == "EXHAUSTED" else not row["failed"]
        assert row["uncertain"] == []
        assert message.startswith(row["message"].removesuffix("…")) or not message


def test_a_row_keeps_what_failed_and_what_is_uncertain_apart() -> None:
    row = row_of("i", RESULT)
    assert (row["failed"], row["uncertain"]) == (["r2"], ["r3"])


def test_a_whole_row_has_the_texts_of_the_plan_and_of_the_result() -> None:
    row = complete_row(row_of("i", RESULT), EVENT, RESULT)
    assert {name: row[name] for name in ("item_id", "run_id", "line", "prompt", "final_prompt", "extra")} == {
        "item_id": "i",
        "run_id": "x--i",
        "line": 7,
        "prompt": "a moon",
        "final_prompt": "one moon",
        "extra": {"sku": "A-1"},
    }
    assert row["failed"] == [{"id": "r2", "text": "a moon", "observed": "a sun"}]
    # A result that an older version wrote has no texts.
    assert row["uncertain"] == [{"id": "r3", "text": "r3", "observed": ""}]
    assert row["reason"] == "There is no moon."
    assert (row["image"], row["report"]) == ("s3://b/p/x--i/r00/a01/image-1.png", "s3://b/p/x--i/report.html")


@pytest.mark.parametrize("result", [None, {**RESULT, "status": "ACCEPTED"}])
def test_a_whole_row_without_its_own_result_has_ids_instead_of_texts(result: dict[str, Any] | None) -> None:
    row = complete_row(row_of("i", RESULT), EVENT, result)
    assert (row["prompt"], row["final_prompt"], row["reason"]) == ("a moon", None, "Not accepted.")
    assert row["failed"] == [{"id": "r2", "text": "r2", "observed": ""}]
    assert row["image"] == "s3://b/p/x--i/r00/a01/image-1.png"


def test_a_rejected_line_has_a_row_with_the_same_fields_and_no_cost() -> None:
    row = rejected_row({"line": 3, "id": "a--b", "reason": "id: no", "text": "a moon", "extra": {"sku": "A"}})
    assert row.keys() == complete_row(row_of("i", RESULT), EVENT, RESULT).keys()
    assert (row["status"], row["cost_usd"], row["attempts"], row["image"]) == ("REJECTED", 0.0, 0, None)
    assert (row["item_id"], row["prompt"], row["reason"], row["extra"]) == ("a--b", "a moon", "id: no", {"sku": "A"})


@pytest.mark.parametrize(
    ("engines", "engine"),
    [
        ([], None),
        ([None], None),
        ([None, "bedrock"], "bedrock"),
        # One picture of the stand-in among many real ones must be seen.
        (["bedrock", "stand-in", "bedrock", None], "stand-in"),
    ],
)
def test_a_batch_is_the_stand_ins_if_one_of_its_items_is(engines: list[str | None], engine: str | None) -> None:
    tally = Tally()
    for one in engines:
        tally.add({**row_without_result("i", "SomeError", ""), "engine": one})
    assert tally.engine == engine
