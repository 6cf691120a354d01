"""A row fits into 1 KiB, whatever the result holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.batch.row import COLUMNS, MAX_ROW_BYTES, row_of, row_without_result
from lambdas.core.batch.summary import Tally


@given(message=st.text(max_size=3_000), prefix=st.text("aé/", max_size=200), failed=st.integers(0, 30))
def test_a_row_has_every_column_and_at_most_one_kibibyte(message: str, prefix: str, failed: int) -> None:
    result: dict[str, Any] = {
        "status": "EXHAUSTED",
        "message": message,
        "verdict": {"score": 0.5, "checks": [{"id": "r" * 39 + str(place), "met": False} for place in range(failed)]},
        "attempts": 20,
        "revisions": 3,
        "cost": {"total_usd": 1.234567},
        "duration_s": 12345.678,
        "image": {"s3_uri": f"s3://{'b' * 63}/{prefix}/{'x' * 80}/r00/a01/image-1.png"},
    }
    for row in (row_of("i" * 40, result), row_without_result("i" * 40, "SomeError", message)):
        assert tuple(row) == COLUMNS
        assert len(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")) <= MAX_ROW_BYTES
        assert len(row["failed"]) == min(failed, 5) if row["status"] == "EXHAUSTED" else not row["failed"]
        assert row["uncertain"] == []
        assert message.startswith(row["message"].removesuffix("…")) or not message


def test_a_row_keeps_what_failed_and_what_is_uncertain_apart() -> None:
    checks = [{"id": "r1", "met": True}, {"id": "r2", "met": False}, {"id": "r3", "met": False, "certain": False}]
    result = {
        "status": "EXHAUSTED",
        "message": "",
        "verdict": {"score": 0.3333, "checks": checks},
        "attempts": 1,
        "revisions": 0,
        "cost": {"total_usd": 0.05},
        "duration_s": 1.0,
    }
    row = row_of("i", result)
    assert (row["failed"], row["uncertain"]) == (["r2"], ["r3"])


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
