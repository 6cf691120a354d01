"""Claude's answer is found in every form in which Claude may give it, and other answers are refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdas.core.models.claude.answer import BadAnswerError, RefusedError, parse_answer
from lambdas.core.models.claude.verdict import TOOL
from tests.support.factories.core import QUICKLY
from tests.support.fakes.bedrock import thinking, tool_use

VERDICT = {
    "checks": [{"id": "r1", "candidate": 1, "observed": 'a cup, "red" {so it seems}', "met": True}],
    "reason": "é 😀",
}
AS_JSON = json.dumps(VERDICT, ensure_ascii=False)
DECOY = '{"id": "r9", "met": false}'


def read(*blocks: dict[str, Any], stop_reason: str = "end_turn") -> dict[str, Any]:
    return parse_answer({"role": "assistant", "content": list(blocks)}, stop_reason, TOOL)


@pytest.mark.parametrize(
    "blocks",
    [
        [tool_use("record_verdict", VERDICT)],
        [thinking(), tool_use("record_verdict", VERDICT)],
        [thinking("I should call the tool with {}"), {"text": f"Here: {DECOY}"}, tool_use("record_verdict", VERDICT)],
        [tool_use("another_tool", {"checks": [], "reason": ""}), tool_use("record_verdict", VERDICT)],
        [{"text": AS_JSON}],
        [{"text": json.dumps(VERDICT, indent=2)}],
        [thinking(), {"text": f"\n{AS_JSON}\n"}],
        [{"text": f"```json\n{AS_JSON}\n```"}],
        [{"text": f"I looked at the picture.\n\n```\n{AS_JSON}\n```\nI hope {{this}} helps."}],
        [{"text": f"For {{example}}, one check is {DECOY}. The verdict: {AS_JSON} That is all {{}}."}],
        [{"text": "First I think of {braces: none}."}, {"text": AS_JSON}],
        [{"text": f"{{{{{{ {AS_JSON}"}],
        [{"text": json.dumps({"name": "record_verdict", "input": VERDICT})}],
        [{"text": f"<tool_use>{json.dumps({'name': 'record_verdict', 'input': VERDICT, 'id': 'x'})}</tool_use>"}],
    ],
    ids=range(14),
)
def test_the_answer_is_found_whatever_stands_around_it(blocks: list[dict[str, Any]]) -> None:
    assert read(*blocks) == VERDICT


def test_an_object_that_lacks_a_field_is_returned_so_that_the_caller_can_name_it() -> None:
    assert read({"text": 'so: {"checks": []}'}) == {"checks": []}


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [thinking("only this")],
        [{"text": ""}],
        [{"text": " \n"}],
        [{"text": "The picture is fine."}],
        [{"text": "[1, 2]"}],
        [{"text": "{"}],
        [{"text": "}{"}],
        [{"text": '{"a":' * 2_000}],
        [{"text": '{"a": ' + "9" * 5_000 + "}"}],
        [tool_use("another_tool", VERDICT)],
    ],
    ids=range(11),
)
def test_an_answer_without_an_object_is_bad_and_the_tool_is_named(blocks: list[dict[str, Any]]) -> None:
    with pytest.raises(BadAnswerError, match="it holds no JSON object; call record_verdict"):
        read(*blocks)


def test_a_part_of_a_broken_answer_is_not_taken_for_the_whole() -> None:
    assert "checks" not in read({"text": AS_JSON[:-5]})


@pytest.mark.parametrize("given_input", ["a text", [VERDICT], None, 3])
def test_a_tools_input_that_is_no_object_is_bad(given_input: Any) -> None:
    with pytest.raises(BadAnswerError, match="the input of record_verdict is not an object"):
        read(tool_use("record_verdict", given_input))


def test_an_answer_that_was_cut_off_is_bad_even_when_some_of_it_can_be_read() -> None:
    with pytest.raises(BadAnswerError, match="max_tokens"):
        read(tool_use("record_verdict", {"checks": []}), stop_reason="max_tokens")


@pytest.mark.parametrize("stop_reason", ["refusal", "content_filtered", "guardrail_intervened"])
@pytest.mark.parametrize("blocks", [[], [{"text": "I can't help with that."}], [tool_use("record_verdict", VERDICT)]])
def test_a_refusal_is_distinguished_from_a_bad_answer(stop_reason: str, blocks: list[dict[str, Any]]) -> None:
    with pytest.raises(RefusedError, match=stop_reason):
        read(*blocks, stop_reason=stop_reason)


@pytest.mark.parametrize(
    "stop_reason", ["malformed_tool_use", "malformed_model_output", "model_context_window_exceeded"]
)
def test_a_stop_that_left_nothing_is_a_bad_answer(stop_reason: str) -> None:
    with pytest.raises(BadAnswerError):
        read(stop_reason=stop_reason)


@pytest.mark.parametrize("block", [tool_use("record_verdict", {"reason": "a\ud83db", "checks": ["\udc00"]}), None])
def test_half_of_a_surrogate_pair_becomes_a_question_mark_so_that_it_can_be_written_down(
    block: dict[str, Any] | None,
) -> None:
    found = read(block or {"text": '{"reason": "a\\ud83db", "checks": ["\\udc00"]}'})
    assert found == {"reason": "a?b", "checks": ["?"]}


PIECES = some.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        '"',
        ":",
        ",",
        "\\",
        "\\u",
        "d800",
        "1e999",
        "NaN",
        "null",
        "-",
        "0",
        AS_JSON,
        DECOY,
        "```json\n",
        " ",
    ]
)


@QUICKLY
@given(some.lists(PIECES | some.text(some.characters(), max_size=4), max_size=30).map("".join))
def test_any_text_gives_an_object_or_a_bad_answer(text: str) -> None:
    try:
        found = read({"text": text})
    except BadAnswerError:
        return
    assert isinstance(found, dict)
    json.dumps(found, ensure_ascii=False).encode("utf-8")


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@QUICKLY
@given(
    some.dictionaries(some.text(max_size=5), JSON, max_size=4),
    some.text(some.characters(exclude_characters="{}"), max_size=20),
    some.booleans(),
)
def test_any_object_that_has_what_was_asked_for_is_read_back_from_prose(
    more: dict[str, Any], prose: str, ascii_only: bool
) -> None:
    answer = {**more, "checks": [], "reason": "x"}
    answer.pop("name", None)
    assert read({"text": prose + json.dumps(answer, ensure_ascii=ascii_only) + prose}) == answer
