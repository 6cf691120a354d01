"""Reading Claude's answer: the tool's input, or the same JSON object bare, in a fence, or inside prose."""

import json
from typing import Any, cast

from lambdas.core.models.claude.question import Tool

# `refusal` is the Messages API's word; Converse's own are the other two. All mean that no answer is to be had.
_REFUSALS = ("refusal", "content_filtered", "guardrail_intervened")


class BadAnswerError(Exception):
    """The answer cannot be used; the text says why, in words that Claude can act on."""


class RefusedError(Exception):
    """Claude would not answer; asking it to mend its answer would be in vain."""


def parse_answer(message: dict[str, Any], stop_reason: str, tool: Tool) -> dict[str, Any]:
    """The object that Claude answered with.

    Raises:
        RefusedError: a safety filter stopped Claude.
        BadAnswerError: the answer was cut short, or holds no such object.
    """
    if stop_reason in _REFUSALS:
        raise RefusedError(f"Claude refused to answer ({stop_reason})")
    if stop_reason == "max_tokens":
        raise BadAnswerError("it was cut off at max_tokens before it was whole; be brief")
    # With thinking, the first block is no answer: blocks are picked by what they are, never by place.
    uses = [block["toolUse"] for block in message["content"] if "toolUse" in block]
    given = [use["input"] for use in uses if use["name"] == tool.name]
    if not all(isinstance(found, dict) for found in given):
        raise BadAnswerError(f"the input of {tool.name} is not an object")
    if given:
        return _writable(_only(given))
    text = "\n".join(block["text"] for block in message["content"] if "text" in block)
    return _writable(_object_in(text, tool))


def _writable(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with "?" for half of a surrogate pair, which JSON can escape but no record of ours can hold."""
    try:
        text = json.dumps(answer, ensure_ascii=False)
        return cast(dict[str, Any], json.loads(text.encode(errors="replace")))
    except RecursionError:
        raise BadAnswerError("it is nested too deep") from None


def _object_in(text: str, tool: Tool) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    found: list[dict[str, Any]] = []
    start = text.find("{")
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            # A model that cannot call the tool may write the call down: {"name": …, "input": {…}}.
            inner = value.get("input")
            found.append(inner if value.get("name") == tool.name and isinstance(inner, dict) else value)
        start = text.find("{", end)
    if not found:
        raise BadAnswerError(f"it holds no JSON object; call {tool.name}")
    # Prose may hold other objects, an example say: the answer is the one that has something of what was asked for.
    return _only([value for value in found if any(name in value for name in tool.schema["required"])] or found)


def _only(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """The one answer. Of several, one may be quoted from the very text that was to be judged, and none can be trusted."""
    if any(answer != answers[0] for answer in answers[1:]):
        raise BadAnswerError(f"it holds {len(answers)} different answers; give one, and quote no other")
    return answers[0]
