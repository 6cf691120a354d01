"""Parse Claude's answer: the tool's input, or the same JSON object as plain text, in a code fence or inside prose."""

import json
from typing import Any, cast

from lambdas.core.models.claude.question import Tool
from lambdas.core.models.response import UnreadableAnswerError, to_plain_json

# AWS: the last two are Converse's. `refusal` is the Messages API's, and how Converse maps it is not documented.
_REFUSALS = ("refusal", "content_filtered", "guardrail_intervened")


class BadAnswerError(Exception):
    """The answer cannot be used. The message is sent back to Claude, so it says what to change."""


class RefusedError(Exception):
    """Claude or a content filter refused to answer. Asking for a corrected answer would not help."""


def parse_answer(message: dict[str, Any], stop_reason: str, tool: Tool) -> dict[str, Any]:
    """Return the JSON object in Claude's answer. The caller checks its fields.

    Raises:
        RefusedError: Claude or a content filter refused to answer.
        BadAnswerError: the answer was cut off, holds no JSON object, or holds several different ones.
    """
    if stop_reason in _REFUSALS:
        raise RefusedError(f"Claude refused to answer ({stop_reason})")
    if stop_reason == "max_tokens":
        raise BadAnswerError("it was cut off at max_tokens before it was complete; be brief")
    # With thinking on, the first block is not the answer, so select blocks by type, never by position.
    uses = [block["toolUse"] for block in message["content"] if "toolUse" in block]
    given = [use["input"] for use in uses if use["name"] == tool.name]
    if not all(isinstance(found, dict) for found in given):
        raise BadAnswerError(f"the input of {tool.name} is not an object")
    if given:
        return _single([_to_plain_json(answer) for answer in given])
    text = "\n".join(block["text"] for block in message["content"] if "text" in block)
    return _find_object(text, tool)


def _to_plain_json(answer: dict[str, Any]) -> dict[str, Any]:
    try:
        return cast(dict[str, Any], to_plain_json(answer))
    except UnreadableAnswerError as fault:
        raise BadAnswerError(str(fault)) from None


def _find_object(text: str, tool: Tool) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    found: list[dict[str, Any]] = []
    start = text.find("{")
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            # A model that was not made to call the tool may write the call as text: {"name": …, "input": {…}}.
            value = _to_plain_json(value)
            inner = value.get("input")
            found.append(inner if value.get("name") == tool.name and isinstance(inner, dict) else value)
        start = text.find("{", end)
    if not found:
        raise BadAnswerError(f"it holds no JSON object; call {tool.name}")
    # Prose may hold other objects, such as an example. Prefer objects with at least one of the required fields.
    return _single([value for value in found if any(name in value for name in tool.schema["required"])] or found)


def _single(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer if all are equal. Otherwise one may be quoted from the data, so none can be trusted."""
    if any(answer != answers[0] for answer in answers[1:]):
        raise BadAnswerError(f"it holds {len(answers)} different answers; give only one, and do not quote another")
    return answers[0]
