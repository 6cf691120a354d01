"""Reading an HTTP 200: every part that a model promises is there and of its type, or one error says which is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdas.core.models.response import (
    UnreadableAnswerError,
    parse_document,
    parse_reply,
    reading_answer,
    to_plain_json,
)
from tests.support.factories.core import QUICKLY
from tests.support.fakes.bedrock import claude_answer, thinking, tool_use


def reply(**parts: Any) -> dict[str, Any]:
    return {**claude_answer({"text": "yes"}), **parts}


def message(*content: Any) -> dict[str, Any]:
    return {"output": {"message": {"role": "assistant", "content": list(content)}}}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"output": None}, "`output` is missing"),
        ({"output": []}, "`output` is not an object"),
        ({"output": {}}, "`output.message` is missing"),
        ({"output": {"message": "yes"}}, "`output.message` is not an object"),
        ({"output": {"message": {}}}, "`output.message.content` is missing"),
        ({"output": {"message": {"content": "yes"}}}, "`output.message.content` is not a list"),
        (message("yes"), "a content block is not an object"),
        (message({"text": 5}), "`text` is not a text"),
        (message({"toolUse": []}), "`toolUse` is not an object"),
        (message({"toolUse": {"name": "record_it", "input": {}}}), "`toolUse.toolUseId` is missing"),
        (message({"toolUse": {"toolUseId": "use-1", "name": 5}}), "`toolUse.name` is not a text"),
        (message(tool_use("record_it", {"it": float("nan")})), "NaN"),
        (message(tool_use("record_it", {"it": nested(100_000)})), "nested too deep"),
        ({"stopReason": None}, "`stopReason` is missing"),
        ({"stopReason": 5}, "`stopReason` is not a text"),
    ],
)
def test_a_part_of_a_reply_that_is_missing_or_wrong_is_named(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(UnreadableAnswerError, match=said):
        parse_reply(reply(**parts))


def test_a_reply_is_read_as_it_is_written_and_can_be_sent_back() -> None:
    found = parse_reply(
        reply(
            **message(
                thinking(), {"text": "a\ud83d"}, tool_use("record_it", {"it": "b\udc00"}), {"SDK_UNKNOWN_MEMBER": {}}
            )
        )
    )
    assert found.message == {
        "role": "assistant",
        "content": [thinking(), {"text": "a?"}, tool_use("record_it", {"it": "b?"})],
    }
    assert (found.stop_reason, found.tokens) == ("tool_use", (1_000, 100))


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        [],
        {"outputTokens": 1},
        {"inputTokens": 1},
        {"inputTokens": None, "outputTokens": 1},
        {"inputTokens": "5", "outputTokens": 1},
        {"inputTokens": 1.5, "outputTokens": 1},
        {"inputTokens": True, "outputTokens": 1},
        {"inputTokens": -1, "outputTokens": 1},
        {"inputTokens": float("nan"), "outputTokens": 1},
        {"inputTokens": 10**400, "outputTokens": 1},
    ],
)
def test_a_usage_that_counts_no_tokens_is_none_and_the_answer_is_read(usage: Any) -> None:
    found = parse_reply(reply(usage=usage))
    assert (found.tokens, found.message["content"]) == (None, [{"text": "yes"}])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b'{"images": [', "not JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "300 digits"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[]", "the answer is not an object"),
        (b'"a"', "the answer is not an object"),
        (b"null", "the answer is missing"),
    ],
)
def test_a_body_that_is_not_a_json_object_is_named(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableAnswerError, match=said):
        parse_document(body)


@QUICKLY
@given(some.binary(max_size=40) | some.text(max_size=20).map(lambda text: text.encode("utf-8", "replace")))
def test_any_body_gives_an_object_or_the_one_error(body: bytes) -> None:
    try:
        assert isinstance(parse_document(body), dict)
    except UnreadableAnswerError as fault:
        assert len(str(fault).splitlines()) == 1


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(some.characters(), max_size=5),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(
                ["output", "message", "content", "stopReason", "usage", "toolUse", "text", "input", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@QUICKLY
@given(some.dictionaries(some.sampled_from(["output", "stopReason", "usage"]), ANYTHING))
def test_any_response_is_a_reply_or_the_one_error(response: dict[str, Any]) -> None:
    try:
        parse_reply(response)
    except UnreadableAnswerError as fault:
        assert str(fault)


@QUICKLY
@given(ANYTHING)
def test_plain_json_can_always_be_written_and_read_again(value: Any) -> None:
    try:
        plain = to_plain_json(value)
    except UnreadableAnswerError:
        return
    assert to_plain_json(plain) == plain


@pytest.mark.parametrize(
    "error", [KeyError("output"), AttributeError("x"), TypeError("x"), RecursionError("x"), ValueError("a\nb")]
)
def test_every_fault_of_reading_has_one_name_and_one_line(error: Exception) -> None:
    with pytest.raises(UnreadableAnswerError, match=type(error).__name__) as named, reading_answer():
        raise error
    assert len(str(named.value).splitlines()) == 1
