"""What the stand-in's Claude says: an answer to one of Retake's questions, or one spoilt by a fault."""

import hashlib
import json
from typing import Any

from standin.answers.coverage import coverage
from standin.answers.requirements import derive
from standin.answers.reviser import revise
from standin.scenes.judge import judge
from standin.wire.claude_models import ClaudeModel
from standin.wire.claude_settings import ClaudeSettings
from standin.wire.conversation import Talk
from standin.wire.tokens import text_tokens

THINKING_TOKENS = 32
"""What the stand-in's silent thinking costs, in output tokens."""

_TOOL_OF_OPERATION = {
    "requirements": "record_requirements",
    "verdict": "record_verdict",
    "prompt": "record_prompt",
    "coverage": "record_coverage",
}
_HELLO = f"I am Retake's stand-in for Claude: I answer {', '.join(_TOOL_OF_OPERATION.values())}, nothing else."


def answer_content(
    operation: str, talk: Talk, settings: ClaudeSettings, model: ClaudeModel, fault: str | None
) -> tuple[list[dict[str, Any]], str, int]:
    """Content blocks, stop reason, output tokens."""
    stop_reason = {"refusal": "refusal", "filter_prompt": "content_filtered", "filter_output": "content_filtered"}
    if fault in stop_reason:
        return [], stop_reason[fault], 0
    if fault == "empty":
        return [], "end_turn", 0
    thoughts = [_thought(talk)] if settings.thinks else []
    spent = THINKING_TOKENS if settings.thinks else 0
    answer = _answer(operation, talk)
    if answer is None:
        return _in_text(_HELLO, thoughts, spent, settings.max_tokens, model)
    written = json.dumps(answer, ensure_ascii=False)
    if fault == "rubbish":
        return _in_text('%%% {"checks": [not json', thoughts, spent, settings.max_tokens, model)
    if fault == "fence":
        return _in_text(f"```json\n{written}\n```", thoughts, spent, settings.max_tokens, model)
    if fault == "prose":
        prose = f"Certainly! Here is what I found, as you asked:\n\n{written}\n\nTell me if you want more."
        return _in_text(prose, thoughts, spent, settings.max_tokens, model)
    limit = min(settings.max_tokens, spent + text_tokens(written, model) // 2) if fault == "max_tokens" else None
    tool = _TOOL_OF_OPERATION[operation]
    if tool not in settings.tools:
        return _in_text(written, thoughts, spent, limit or settings.max_tokens, model)
    return _in_tool(tool, answer, thoughts, spent, limit or settings.max_tokens, model)


def _answer(operation: str, talk: Talk) -> dict[str, Any] | None:
    if talk.data is None:
        return None
    if operation == "requirements":
        return derive(talk.data)
    if operation == "verdict":
        return judge([picture.data for picture in talk.pictures], talk.data)
    if operation == "prompt":
        return revise(talk.data)
    if operation == "coverage":
        return coverage(talk.data)
    return None


def _thought(talk: Talk) -> dict[str, Any]:
    # AWS: on 5.x the text of the reasoning block is empty by default.
    signature = hashlib.sha256(talk.counted_text.encode()).hexdigest()
    return {"reasoningContent": {"reasoningText": {"text": "", "signature": signature}}}


def _in_text(
    text: str, thoughts: list[dict[str, Any]], spent: int, max_tokens: int, model: ClaudeModel
) -> tuple[list[dict[str, Any]], str, int]:
    needed = spent + text_tokens(text, model)
    if needed <= max_tokens:
        return [*thoughts, {"text": text}], "end_turn", needed
    kept = text
    while kept and spent + text_tokens(kept, model) > max_tokens:
        kept = kept[: -max(1, len(kept) // 16)]
    return [*thoughts, *([{"text": kept}] if kept else [])], "max_tokens", max_tokens


def _in_tool(
    tool: str, answer: dict[str, Any], thoughts: list[dict[str, Any]], spent: int, max_tokens: int, model: ClaudeModel
) -> tuple[list[dict[str, Any]], str, int]:
    needed = spent + text_tokens(json.dumps(answer, ensure_ascii=False), model)
    is_cut = needed > max_tokens
    use_id = "tooluse_" + hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:22]
    # A call that was cut off arrives with what of its input was complete: here, nothing.
    block = {"toolUse": {"toolUseId": use_id, "name": tool, "input": {} if is_cut else answer}}
    if is_cut:
        return [*thoughts, *([block] if spent < max_tokens else [])], "max_tokens", max_tokens
    return [*thoughts, block], "tool_use", needed
