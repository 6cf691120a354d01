"""The schedule expressions of EventBridge Scheduler, and the times at which they are due: at(…), rate(…), cron(…)."""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_RATE = re.compile(r"rate\(([1-9]\d{0,5}) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([0-9A-Z*,/?#-]+(?: [0-9A-Z*,/?#-]+){4,5})\)")
_MINUTE = timedelta(minutes=1)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
# AWS: 1 is Sunday.
_WEEKDAYS = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
_SATURDAY = 5  # of date.weekday()


class ExpressionError(ValueError):
    """EventBridge Scheduler would refuse the expression."""


class Expression(Protocol):
    """When a schedule is due."""

    def due(self, zone: ZoneInfo, first: datetime, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield each time in UTC, in order, at which the schedule is due, later than `after` and not later than `until`.

        first: the first time of a rate.
        """
        ...


@dataclass(frozen=True)
class At:
    """Once, at a local time."""

    time: datetime

    def due(self, zone: ZoneInfo, first: datetime, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the time, if it is in the period."""
        time = self.time.replace(tzinfo=zone).astimezone(UTC)
        if after < time <= until:
            yield time


@dataclass(frozen=True)
class Rate:
    """At `first`, and again after each period. A day has 24 hours in every time zone."""

    period: timedelta

    def due(self, zone: ZoneInfo, first: datetime, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the times in the period."""
        time = first + max(0, (after - first) // self.period + 1) * self.period
        while time <= until:
            yield time
            time += self.period


@dataclass(frozen=True)
class Cron:
    """At each minute whose local time matches every field."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    is_day: Callable[[date], bool]

    def due(self, zone: ZoneInfo, first: datetime, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the times in the period.

        A local time that does not exist when the clocks go forward is skipped. One that exists twice is due once.
        """
        time = after.replace(second=0, microsecond=0) + _MINUTE
        while time <= until:
            local = time.astimezone(zone)
            if local.fold == 0 and self.matches(local):
                yield time
            time += _MINUTE

    def matches(self, local: datetime) -> bool:
        """Return whether the fields match the minute."""
        return (
            local.minute in self.minutes
            and local.hour in self.hours
            and local.month in self.months
            and local.year in self.years
            and self.is_day(local.date())
        )


def parse_expression(text: str) -> Expression:
    """Parse an expression.

    Raises:
        ExpressionError: EventBridge Scheduler would refuse it.
    """
    if found := _AT.fullmatch(text):
        try:
            return At(datetime.fromisoformat(found[1]))
        except ValueError:
            raise ExpressionError(f"{text}: there is no such time") from None
    if found := _RATE.fullmatch(text):
        if not found[3] and found[1] != "1":
            raise ExpressionError(f"{text}: give {found[2]}s")
        return Rate(timedelta(**{f"{found[2]}s": int(found[1])}))
    if found := _CRON.fullmatch(text):
        return _parse_cron(*found[1].split(" "))
    raise ExpressionError(f"{text}: give at(…), rate(…) or cron(…)")


def _parse_cron(minutes: str, hours: str, day: str, months: str, weekday: str, years: str = "*") -> Cron:
    # AWS: exactly one of day and weekday must be `?`.
    if (day == "?") == (weekday == "?"):
        raise ExpressionError("give ? for the day or the weekday, not for both")
    return Cron(
        minutes=_parse_list(minutes, 0, 59),
        hours=_parse_list(hours, 0, 23),
        months=_parse_list(months, 1, 12, _MONTHS),
        years=_parse_list(years, 1970, 2199),
        is_day=_parse_day(day) if weekday == "?" else _parse_weekday(weekday),
    )


def _parse_day(text: str) -> Callable[[date], bool]:
    """Parse the day of the month: a list, L, L-3, LW or 15W."""
    if found := re.fullmatch(r"L(?:-([1-9]|[12]\d|30))?", text):
        before_end = int(found[1] or 0)
        return lambda day: day.day == _days_in_month(day) - before_end
    if text == "LW":
        return lambda day: day == _nearest_workday(day.replace(day=_days_in_month(day)))
    if found := re.fullmatch(r"([1-9]|[12]\d|3[01])W", text):
        wanted = int(found[1])
        return lambda day: wanted <= _days_in_month(day) and day == _nearest_workday(day.replace(day=wanted))
    days = _parse_list(text, 1, 31)
    return lambda day: day.day in days


def _parse_weekday(text: str) -> Callable[[date], bool]:
    """Parse the day of the week: a list, L (Saturday), 6L (the last Friday of the month) or 6#2 (the second one)."""
    if text == "L":
        text = "SAT"
    if found := re.fullmatch(r"(\w+?)(?:L|#([1-5]))", text):
        weekday = _parse_number(found[1], 1, 7, _WEEKDAYS)
        if found[2] is None:
            return lambda day: _weekday(day) == weekday and day.day > _days_in_month(day) - 7
        week = int(found[2])
        return lambda day: _weekday(day) == weekday and (day.day - 1) // 7 + 1 == week
    weekdays = _parse_list(text, 1, 7, _WEEKDAYS)
    return lambda day: _weekday(day) in weekdays


def _parse_list(text: str, least: int, most: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    """Parse `*`, `5`, `1-5`, `*/2`, `1/2`, `1-5/2`, or several of them with commas. `5-1` goes on at the least value."""
    values: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        start = least if first == "*" and not dash else _parse_number(first, least, most, names)
        end = _parse_number(last, least, most, names) if dash else most if slash or first == "*" else start
        every = _parse_number(step, 1, most) if slash else 1
        if end < start:
            end += most - least + 1
        values.update((value - least) % (most - least + 1) + least for value in range(start, end + 1, every))
    return frozenset(values)


def _parse_number(text: str, least: int, most: int, names: Mapping[str, int] | None = None) -> int:
    if text in (names or {}):
        return (names or {})[text]
    if not re.fullmatch(r"\d{1,4}", text) or not least <= int(text) <= most:
        raise ExpressionError(f"{text} is not one of {least} to {most}")
    return int(text)


def _days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _weekday(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _nearest_workday(day: date) -> date:
    """Return the weekday (Monday to Friday) of the same month that is nearest to the day."""
    if day.weekday() == _SATURDAY:
        return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
    if day.weekday() > _SATURDAY:
        return day + timedelta(days=1) if day.day < _days_in_month(day) else day - timedelta(days=2)
    return day
