"""The content of a Converse answer: the answer to one of Retake's questions, or one that a fault has broken."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from standin.wire.claude_models import ClaudeModel
from standin.wire.claude_settings import ClaudeSettings
from standin.wire.conversation import Conversation
from standin.wire.questions import QUESTIONS, Question
from standin.wire.tokens import count_text_tokens

THINKING_TOKENS = 32
"""Output tokens of the stand-in's thinking, whose text is empty."""

_INTRODUCTION = (
    f"I am Retake's stand-in for Claude: I answer {', '.join(question.tool for question in QUESTIONS)}, nothing else."
)
_FILTERED = {"refusal": "refusal", "filter_prompt": "content_filtered", "filter_output": "content_filtered"}
"""The stop reason of each fault that leaves the answer empty."""


@dataclass(frozen=True)
class ClaudeAnswer:
    """What the model returns."""

    content: list[dict[str, Any]]
    """Content blocks."""
    stop_reason: str
    output_tokens: int


@dataclass(frozen=True)
class _Writer:
    """Puts text or a tool call after the reasoning block, within the limit of output tokens."""

    model: ClaudeModel
    reasoning: list[dict[str, Any]]
    reasoning_tokens: int

    def write_text(self, text: str, max_tokens: int) -> ClaudeAnswer:
        needed_tokens = self.reasoning_tokens + count_text_tokens(text, self.model)
        if needed_tokens <= max_tokens:
            return ClaudeAnswer([*self.reasoning, {"text": text}], "end_turn", needed_tokens)
        kept = text
        while kept and self.reasoning_tokens + count_text_tokens(kept, self.model) > max_tokens:
            kept = kept[: -max(1, len(kept) // 16)]
        return ClaudeAnswer([*self.reasoning, *([{"text": kept}] if kept else [])], "max_tokens", max_tokens)

    def write_tool_call(self, tool: str, arguments: dict[str, Any], max_tokens: int) -> ClaudeAnswer:
        written = json.dumps(arguments, ensure_ascii=False)
        needed_tokens = self.reasoning_tokens + count_text_tokens(written, self.model)
        is_cut = needed_tokens > max_tokens
        use_id = "tooluse_" + hashlib.sha256(json.dumps(arguments).encode()).hexdigest()[:22]
        # A call that is cut off has only the complete part of its input. Here that is nothing.
        block = {"toolUse": {"toolUseId": use_id, "name": tool, "input": {} if is_cut else arguments}}
        if is_cut:
            blocks = [block] if self.reasoning_tokens < max_tokens else []
            return ClaudeAnswer([*self.reasoning, *blocks], "max_tokens", max_tokens)
        return ClaudeAnswer([*self.reasoning, block], "tool_use", needed_tokens)


def answer_question(
    question: Question | None,
    conversation: Conversation,
    settings: ClaudeSettings,
    model: ClaudeModel,
    fault: str | None,
) -> ClaudeAnswer:
    """Answer a conversation. None for `question`: say that the stand-in does not know it."""
    if fault in _FILTERED:
        return ClaudeAnswer([], _FILTERED[fault], 0)
    if fault == "empty":
        return ClaudeAnswer([], "end_turn", 0)
    reasoning = [_reasoning_block(conversation)] if settings.thinks else []
    writer = _Writer(model, reasoning, THINKING_TOKENS if settings.thinks else 0)
    max_tokens = settings.max_tokens
    if question is None or conversation.data is None:
        return writer.write_text(_INTRODUCTION, max_tokens)
    answer = question.answer(conversation.images, conversation.data)
    if "certain" not in settings.schema_text:
        for check in answer.get("checks", ()):
            del check["certain"]
    written = json.dumps(answer, ensure_ascii=False)
    if fault == "rubbish":
        return writer.write_text('%%% {"checks": [not json', max_tokens)
    if fault == "fence":
        return writer.write_text(f"```json\n{written}\n```", max_tokens)
    if fault == "prose":
        prose = f"Certainly! Here is what I found, as you asked:\n\n{written}\n\nTell me if you want more."
        return writer.write_text(prose, max_tokens)
    if fault == "max_tokens":
        max_tokens = min(max_tokens, writer.reasoning_tokens + count_text_tokens(written, model) // 2) or max_tokens
    if question.tool not in settings.tools:
        return writer.write_text(written, max_tokens)
    return writer.write_tool_call(question.tool, answer, max_tokens)


def _reasoning_block(conversation: Conversation) -> dict[str, Any]:
    # AWS: on 5.x the text of the reasoning block is empty by default.
    signature = hashlib.sha256(conversation.input_text.encode()).hexdigest()
    return {"reasoningContent": {"reasoningText": {"text": "", "signature": signature}}}
