"""Strict JSON: what is read is what was written; everything else is refused in one short line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdas.core.runtime.strict_json import MAX_DEPTH, MAX_DIGITS, JsonSyntaxError, StrictJsonError, read_json
from tests.support.factories.core import QUICKLY

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=20,
)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def refusal(text: str | bytes) -> str:
    with pytest.raises(StrictJsonError) as refused:
        read_json(text)
    message = str(refused.value)
    assert len(message) < 150
    assert message.isprintable()
    return message


@QUICKLY
@given(VALUES, some.booleans(), some.sampled_from([None, 1]))
def test_what_was_written_is_read(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert read_json(text) == value
    assert read_json(text.encode()) == value
    assert read_json(b"\xef\xbb\xbf" + text.encode()) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON: column 1: Expecting value"),
        ("{} {}\n", "is not JSON: column 4: Extra data"),
        ('{"a": 1,\n oops}', "is not JSON: line 2, column 2: "),
        (b'{"a": "\xff"}', "is not UTF-8 (byte 0xff at position 7); save it as UTF-8"),
        ('{"a": 1, "b": 2, "a": 3}', 'has the field "a" twice; keep one'),
        ('[{"a": {"\\u0061": 1, "a": 2}}]', 'has the field "a" twice; keep one'),
        ("[NaN]", "is not JSON: NaN is not a JSON number"),
        ("-Infinity", "is not JSON: -Infinity is not a JSON number"),
        ("1e400", "holds the number 1e400, which no field takes"),
        ("9" * 5_000, "holds a number of more than 300 digits, which no field takes"),
        ("0." + "3" * 5_000, "holds a number of more than 300 digits, which no field takes"),
    ],
)
def test_what_python_would_lose_or_choke_on_is_refused(text: str | bytes, message: str) -> None:
    assert refusal(text).startswith(message)


def test_only_broken_json_is_a_syntax_error_and_it_names_the_line() -> None:
    with pytest.raises(JsonSyntaxError) as broken:
        read_json("[1,\n2,\n!]")
    assert broken.value.line == 3
    for text in ("[NaN]", '{"a": 1, "a": 2}', nested(MAX_DEPTH + 1), "9" * (MAX_DIGITS + 1), b"\xff"):
        with pytest.raises(StrictJsonError) as refused:
            read_json(text)
        assert not isinstance(refused.value, JsonSyntaxError)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 500, 900, 990, 5_000, 100_000])
def test_nesting_is_refused_above_a_limit_of_our_own(depth: int) -> None:
    assert refusal(nested(depth)) == f"is nested too deeply; give at most {MAX_DEPTH} levels"
    assert refusal('{"a":' * depth) == f"is nested too deeply; give at most {MAX_DEPTH} levels"
    assert refusal('{"text": "\\\\", "value": ' + nested(depth) + "}").startswith("is nested too deeply")


def test_brackets_within_the_limits_or_in_a_text_are_no_nesting() -> None:
    assert json.dumps(read_json(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    many = json.dumps([[]] * 1_000)
    assert json.dumps(read_json(many)) == many
    text = {"a": "[" * 1_000, '"[{': '\\"[[[' * 1_000}
    assert read_json(json.dumps(text)) == text
    assert refusal('"' + "[" * 1_000).startswith("is not JSON")


def test_a_number_may_have_as_many_digits_as_the_limit() -> None:
    assert read_json("9" * MAX_DIGITS) == 10**MAX_DIGITS - 1


def test_a_repeated_field_is_found_among_many() -> None:
    text = json.dumps({f"f{number}": 1 for number in range(50_000)})
    assert refusal(text[:-1] + ', "f49999": 2}') == 'has the field "f49999" twice; keep one'
