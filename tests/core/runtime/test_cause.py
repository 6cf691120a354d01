"""What a caught fault says: one line, from whatever the state machine hands over."""

import json

import pytest

from lambdas.core.runtime.cause import parse_cause

LAMBDAS = {
    "errorMessage": "prompt: is blank;\nwrite something",
    "errorType": "InvalidRequestError",
    "requestId": "1",
    "stackTrace": ["  File ..."],
}


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        ("", None),
        (json.dumps(LAMBDAS), "prompt: is blank; write something"),
        (json.dumps(LAMBDAS, separators=(",", ":")), "prompt: is blank; write something"),
        (json.dumps({"errorMessage": 'quotes " and \\ and 😀 and ☃'}), 'quotes " and \\ and 😀 and ☃'),
        # The state keeps 4,000 characters of a cause: the stack trace is cut off, and the object with it.
        (json.dumps(LAMBDAS)[:-20], "prompt: is blank; write something"),
        ('{"errorType": "X", "errorMessage":   "late", "stackTrace": ["', "late"),
        ("2026-11-21 Task timed out after 330.00 seconds", "2026-11-21 Task timed out after 330.00 seconds"),
        ("two\nlines", "two lines"),
        ("[1, 2]", "[1, 2]"),
        ("3", "3"),
        ('"a text"', '"a text"'),
        ("null", "null"),
        ('{"other": 1}', '{"other": 1}'),
        # An item's row keeps 150 characters.
        ('{"errorMessage": "cut in the mid', "cut in the mid…"),
        (r'{"errorMessage": "cut in an escape\u26', "cut in an escape…"),
        (r'{"errorMessage": "cut in an escape' + "\\", "cut in an escape…"),
        (r'{"errorMessage": "cut in a pair\ud83d', "cut in a pair…"),
        (r'{"errorMessage": "cut in a pair\ud83d\ude', "cut in a pair…"),
        ('{"errorMessage": "', "…"),
        ('{"errorMessage": ', '{"errorMessage":'),
        ('{"errorMessage": 3}', "3"),
    ],
)
def test_the_message_of_a_cause_is_one_line(cause: str, message: str | None) -> None:
    assert parse_cause(cause) == message
