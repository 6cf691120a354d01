"""Converse for Claude: the documented rules of a request, then the stand-in's answer.

Sources: AWS docs, Bedrock API reference (Converse, Message, ToolConfiguration, InferenceConfiguration) and user guide
(claude-messages-…, structured-output, model cards of October 2026). Messages as seen in public reports of real calls;
where none was found (thinking types), in the service's manner.
"""

import time
from typing import Any

from standin.wire import claude_settings, conversation
from standin.wire.claude_answer import answer_content
from standin.wire.claude_models import claude_model
from standin.wire.request_shape import check_shape
from standin.wire.tokens import image_tokens, text_tokens

OPERATION_OF_TOOL = {
    "record_requirements": "requirements",
    "record_verdict": "verdict",
    "record_prompt": "prompt",
    "record_coverage": "coverage",
}


def operation_of(request: dict[str, Any]) -> str:
    """Which of Retake's questions a request asks, by its tool's name or its answer schema's name."""
    for name in claude_settings.tool_names(request):
        if name in OPERATION_OF_TOOL:
            return OPERATION_OF_TOOL[name]
    return OPERATION_OF_TOOL.get(claude_settings.answer_schema_name(request) or "", "other")


def converse(
    model_id: str, operation: str, request: dict[str, Any], fault: str | None, started_s: float
) -> dict[str, Any]:
    """A Converse answer: output message, stopReason, usage, metrics.

    Raises:
        ServiceError: an unknown model, or a request against the documented rules.
    """
    check_shape(model_id, request)
    model = claude_model(model_id)
    settings = claude_settings.check(request, model)
    talk = conversation.check(request, model, settings)
    content, stop_reason, output_tokens = answer_content(operation, talk, settings, model, fault)
    input_tokens = text_tokens(talk.counted_text, model) + sum(
        image_tokens(*picture.size_px, model) for picture in talk.pictures
    )
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop_reason,
        "usage": {
            "inputTokens": input_tokens,
            "outputTokens": output_tokens,
            "totalTokens": input_tokens + output_tokens,
            "cacheReadInputTokens": 0,
            "cacheWriteInputTokens": 0,
        },
        "metrics": {"latencyMs": round((time.monotonic() - started_s) * 1000)},
    }
