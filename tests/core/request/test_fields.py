"""The kinds of field: the values that each accepts, and the one-line message for any other value."""

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdas.core.request.fields import Choice, Number, Text, Whole, refuse_unknown
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from tests.support.factories.core import QUICKLY

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(some.characters()),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)

KINDS: list[Any] = [Text(20), Whole(0, 9), Number(0, 1), Number(0, 1_000_000, above=True), Choice(("a", "b"))]
ODD: list[Any] = [
    "two\nlines",
    "a\u2028b\u2029c\x85d",
    "\x1b[31mred\x9b0m",
    "\u202eright to left",
    ["\ud800"],
    {"a": "\udfff\r\n"},
    10**400,
    -(10**400),
    math.nan,
    -math.inf,
    "x" * 100_000,
    [[[[]]]],
]


def refusal(kind: Any, value: Any) -> str | None:
    try:
        kind.check("field", value)
    except InvalidRequestError as error:
        return str(error)
    return None


def is_one_clean_line(message: str) -> bool:
    # What would break a line, a terminal or a log: all of it is escaped.
    return message.isprintable() and bool(message.encode("utf-8"))


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_value_is_refused_in_one_short_line(kind: Any, value: Any) -> None:
    message = refusal(kind, value)
    if message is None:
        assert isinstance(kind, Text)
        return
    assert message.startswith("field: ") and is_one_clean_line(message) and len(message) < 250


@QUICKLY
@given(some.sampled_from(KINDS), VALUES)
def test_any_value_is_taken_or_refused_by_name(kind: Any, value: Any) -> None:
    message = refusal(kind, value)
    assert message is None or (message.startswith("field: ") and is_one_clean_line(message))


@QUICKLY
@given(some.integers(-(10**6), 10**6), some.integers(0, 10**6), some.integers() | some.floats(allow_nan=False))
def test_a_whole_number_is_taken_exactly_when_it_is_one_and_in_range(least: int, span: int, value: float) -> None:
    fits = math.isfinite(value) and value == math.floor(value) and least <= value <= least + span
    assert (refusal(Whole(least, least + span), value) is None) is fits
    if fits:
        taken = Whole(least, least + span).check("field", value)
        assert type(taken) is int and taken == value


@QUICKLY
@given(some.floats(-1e6, 1e6), some.floats(0, 1e6), some.booleans(), some.integers() | some.floats())
def test_a_number_is_taken_exactly_when_it_is_finite_and_in_range(
    least: float, span: float, above: bool, value: float
) -> None:
    fits = value == value and least <= value <= least + span and not (above and value == least)
    assert (refusal(Number(least, least + span, above), value) is None) is fits
    if fits:
        taken = Number(least, least + span, above).check("field", value)
        assert type(taken) is float and taken == value


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("value", [True, False, None, [], {}])
def test_true_false_and_nothing_are_no_texts_and_no_numbers(kind: Any, value: Any) -> None:
    assert refusal(kind, value)


def test_the_range_is_written_in_plain_figures() -> None:
    assert refusal(Whole(1, 5), 9) == "field: 9 is out of range; give a whole number from 1 to 5"
    assert refusal(Number(1.1, 10), 11) == "field: 11 is out of range; give a number from 1.1 to 10"
    said = refusal(Number(0, 1_000_000, above=True), 0)
    assert said == "field: 0 is out of range; give a number above 0 and up to 1,000,000"


def test_a_text_is_given_back_as_it_is() -> None:
    assert Text(9).check("field", " \u200bä😀\n ") == " \u200bä😀\n "


def test_a_text_is_measured_in_characters() -> None:
    assert refusal(Text(3), "😀😀😀") is None
    assert refusal(Text(3), "😀😀😀😀") == "field: has 4 characters; give at most 3"


def test_what_is_shown_is_json_cut_short() -> None:
    assert format_value({"a": ["ä", 1.5, None]}) == '{"a": ["ä", 1.5, null]}'
    assert len(format_value("x" * 1_000)) == 61
    assert json.loads(format_value("a\u2028\x85\ud800")) == "a\u2028\x85\ud800"


def test_of_a_deep_value_only_the_beginning_is_written() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    assert format_value(value) == "[" * 60 + "…"


@QUICKLY
@given(some.text(some.characters(), max_size=100))
def test_an_unknown_field_is_named_in_one_clean_line(name: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        refuse_unknown("", [name], ["prompt", "run_id"])
    assert is_one_clean_line(str(refused.value))
    assert re.search("did you mean|the fields are prompt, run_id", str(refused.value))
