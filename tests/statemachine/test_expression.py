"""The times of at(…), rate(…) and cron(…). Sources: EventBridge Scheduler user guide, "Schedule types"."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statemachine.expression import Cron, ExpressionError, parse_expression

_UTC = ZoneInfo("UTC")
_MONTHS = st.dates(date(2024, 1, 1), date(2032, 12, 1)).map(lambda day: day.replace(day=1))


def due(text: str, after: str, until: str, zone: str = "UTC", first: str | None = None) -> list[str]:
    """Return the times at which the expression is due, as ISO times without seconds, in UTC."""
    start, end = (datetime.fromisoformat(time).replace(tzinfo=UTC) for time in (after, until))
    anchor = datetime.fromisoformat(first).replace(tzinfo=UTC) if first else start
    times = parse_expression(text).due(ZoneInfo(zone), anchor, start, end)
    return [f"{time:%Y-%m-%dT%H:%M}" for time in times]


def days(day: str, weekday: str, month: date) -> list[int]:
    """Return the days of the month on which cron(0 0 …) is due."""
    cron = parse_expression(f"cron(0 0 {day} * {weekday} *)")
    assert isinstance(cron, Cron)
    last = calendar.monthrange(month.year, month.month)[1]
    return [n for n in range(1, last + 1) if cron.matches(datetime(month.year, month.month, n, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("text", "zone", "times"),
    [
        ("at(2026-12-01T09:00:00)", "Asia/Tokyo", ["2026-12-01T00:00"]),
        ("at(2026-12-02T09:00:00)", "Asia/Tokyo", []),
        ("cron(30 8 * * ? *)", "America/New_York", ["2026-12-01T13:30"]),
        (
            "cron(0/20 8-9 1 DEC ? 2026)",
            "UTC",
            [f"2026-12-01T{h}:{m}" for h in ("08", "09") for m in ("00", "20", "40")],
        ),
        ("cron(15 10 ? * MON-FRI)", "UTC", ["2026-12-01T10:15"]),
        ("cron(15 10 ? * SUN,WED *)", "UTC", []),
        ("cron(0 0 1 1-11 ? *)", "UTC", []),
        ("cron(0 0 1 * ? 2027-2199)", "UTC", []),
    ],
)
def test_expression_when_a_day_passes_then_it_is_due_at_its_local_times(text: str, zone: str, times: list[str]) -> None:
    assert due(text, "2026-11-30T23:59", "2026-12-01T23:59", zone) == times


def test_period_when_it_begins_at_a_due_time_then_that_time_is_not_in_it_and_the_last_is() -> None:
    assert due("cron(* * * * ? *)", "2026-12-01T00:00", "2026-12-01T00:02") == ["2026-12-01T00:01", "2026-12-01T00:02"]


def test_rate_when_it_begins_then_it_is_due_at_once_and_after_each_period() -> None:
    assert due("rate(20 minutes)", "2026-12-01T00:00", "2026-12-01T01:00", first="2026-12-01T00:15") == [
        "2026-12-01T00:15",
        "2026-12-01T00:35",
        "2026-12-01T00:55",
    ]
    assert due("rate(1 day)", "2026-12-03T00:10", "2026-12-04T00:15", first="2026-12-01T00:15") == [
        "2026-12-03T00:15",
        "2026-12-04T00:15",
    ]


@given(st.integers(1, 500), st.integers(0, 5_000), st.integers(0, 2_000))
def test_rate_when_read_in_two_parts_then_nothing_is_lost_or_repeated(period: int, first: int, split: int) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    rate = parse_expression(f"rate({period} minutes)" if period > 1 else "rate(1 minute)")
    begin, middle, end = (start + timedelta(minutes=m) for m in (first, split, 5_000))

    def times(after: datetime, until: datetime) -> list[datetime]:
        return list(rate.due(_UTC, begin, after, until))

    assert times(start - timedelta(seconds=1), middle) + times(middle, end) == times(start - timedelta(seconds=1), end)


def test_cron_when_the_clocks_change_then_a_missing_time_is_skipped_and_a_repeated_one_is_due_once() -> None:
    nightly = "cron(30 2 * * ? *)"

    assert due(nightly, "2026-03-28T12:00", "2026-03-30T12:00", "Europe/Berlin") == ["2026-03-30T00:30"]
    assert due(nightly, "2026-10-24T12:00", "2026-10-26T12:00", "Europe/Berlin") == [
        "2026-10-25T00:30",
        "2026-10-26T01:30",
    ]


@given(_MONTHS)
def test_day_when_it_is_l_then_it_is_the_last_day_of_the_month(month: date) -> None:
    last = calendar.monthrange(month.year, month.month)[1]

    assert days("L", "?", month) == [last]
    assert days("L-2", "?", month) == [last - 2]
    assert days("31", "?", month) == ([31] if last == 31 else [])


@given(_MONTHS, st.integers(1, 31))
def test_day_when_it_has_w_then_it_is_the_nearest_working_day_of_the_same_month(month: date, wanted: int) -> None:
    last = calendar.monthrange(month.year, month.month)[1]
    working = [n for n in range(1, last + 1) if calendar.weekday(month.year, month.month, n) < 5]
    found = days(f"{wanted}W", "?", month)

    if wanted > last:
        assert found == []
    else:
        assert abs(found[0] - wanted) == min(abs(n - wanted) for n in working)
        assert found[0] in working
    assert days("LW", "?", month) == [working[-1]]


@given(_MONTHS, st.sampled_from(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]), st.integers(1, 5))
def test_weekday_when_it_has_a_number_or_l_then_it_is_that_one_of_the_month(month: date, name: str, week: int) -> None:
    number = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].index(name) + 1
    all_of_it = [line[(number - 2) % 7] for line in calendar.monthcalendar(month.year, month.month)]
    dates = [n for n in all_of_it if n]

    assert days("?", name, month) == days("?", str(number), month) == dates
    assert days("?", f"{number}#{week}", month) == dates[week - 1 : week]
    assert days("?", f"{name}L", month) == dates[-1:]
    assert days("?", "L", month) == days("?", "SAT", month)


def test_list_when_it_wraps_or_has_steps_then_its_values_are_these() -> None:
    cron = parse_expression("cron(50-10/10,5 22-1 ? NOV-FEB FRI-MON 2026/2)")
    assert isinstance(cron, Cron)

    assert sorted(cron.minutes) == [0, 5, 10, 50]
    assert sorted(cron.hours) == [0, 1, 22, 23]
    assert sorted(cron.months) == [1, 2, 11, 12]
    assert 2028 in cron.years
    assert not {2027, 2024} & cron.years
    assert days("?", "FRI-MON", date(2026, 12, 1))[:5] == [4, 5, 6, 7, 11]


@pytest.mark.parametrize(
    "text",
    [
        "cron",
        "cron(0 1 * * * *)",
        "cron(0 1 ? * ? *)",
        "cron(0 1 * * *)",
        "cron(7 20 ? * NOT *)",
        "cron(0 dummy ? * MON-FRI *)",
        "cron(71 8 1 * ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 1 13 ? *)",
        "cron(0 8 1 * ? 1969)",
        "cron(0 8 ? * 3#6 *)",
        "cron(0 8 ? * 3#1,6#3 *)",
        "cron(0 8 ? * 8L *)",
        "cron(0/0 8 1 * ? *)",
        "cron(-5 8 1 * ? *)",
        " cron(0 1 * * ? *)",
        "rate(10 seconds)",
        "rate()",
        "rate(10)",
        "rate(10 minute)",
        "rate(0 minutes)",
        "rate(-10 minutes)",
        "rate(10 MINUTES)",
        "at(2026-12-31)",
        "at(2026-12-31T23:59:59Z)",
        "at(2026-02-30T00:00:00)",
        "",
    ],
)
def test_expression_when_scheduler_would_refuse_it_then_it_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)
