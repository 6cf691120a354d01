"""Amounts and times as people write them."""

from datetime import UTC, datetime, timedelta, timezone

from lambdas.core.report.amounts import (
    format_ceiling,
    format_cost_name,
    format_duration,
    format_moment,
    format_sentence,
    format_usd,
)
from lambdas.core.runtime.quoting import format_count


def test_amounts_read_as_people_write_them() -> None:
    assert [format_usd(0.0312), format_usd(1234.5), format_ceiling(5.0), format_ceiling(0.25)] == [
        "$0.0312",
        "$1,234.5000",
        "$5",
        "$0.25",
    ]
    assert [format_duration(6.24), format_duration(59.97), format_duration(82), format_duration(7_260)] == [
        "6.2 s",
        "1 min 0 s",
        "1 min 22 s",
        "2 h 1 min",
    ]
    assert [format_count(1, "attempt"), format_count(0, "attempt"), format_count(1_000, "attempt")] == [
        "1 attempt",
        "0 attempts",
        "1,000 attempts",
    ]


def test_an_amount_that_would_round_to_nothing_is_not_shown_as_nothing() -> None:
    assert [format_usd(0), format_usd(0.00004), format_usd(0.00005)] == ["$0.0000", "less than $0.0001", "$0.0001"]


def test_a_cost_has_a_name_in_words() -> None:
    names = ["estimated_lambda_usd", "estimated_step_functions_usd", "step_functions_usd", "data_transfer_usd", "fees"]
    assert [format_cost_name(name) for name in names] == [
        "Lambda (estimated)",
        "Step Functions (estimated)",
        "Step Functions",
        "Data transfer",
        "Fees",
    ]


def test_a_moment_has_its_zone() -> None:
    assert format_moment(datetime(2026, 3, 1, 6, 5, tzinfo=UTC)) == "1 March 2026, 06:05 UTC"
    assert format_moment(datetime(2026, 1, 1, 6, tzinfo=timezone(timedelta(hours=9)))) == "31 December 2025, 21:00 UTC"


def test_advice_becomes_a_sentence() -> None:
    assert format_sentence("raise `max_cost_usd`") == "Raise `max_cost_usd`."
