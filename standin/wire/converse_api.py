"""Converse for Claude: check the request against the documented rules, then answer it.

Sources: AWS docs, Bedrock API reference (Converse, Message, ToolConfiguration, InferenceConfiguration) and user guide
(claude-messages-…, structured-output, model cards of October 2026). The error messages are worded as in public reports
of real calls. Where none was found (thinking types), they follow the style of the others.
"""

import time
from typing import Any

from standin.wire.claude_answer import answer_question
from standin.wire.claude_models import find_claude_model
from standin.wire.claude_settings import check_settings
from standin.wire.conversation import parse_conversation
from standin.wire.questions import Question
from standin.wire.request_shape import check_shape
from standin.wire.tokens import count_image_tokens, count_text_tokens


def converse(
    model_id: str, question: Question | None, request: dict[str, Any], fault: str | None, started_s: float
) -> dict[str, Any]:
    """Return a Converse answer: output message, stopReason, usage, metrics.

    Raises:
        ServiceError: an unknown model, or a request against the documented rules.
    """
    check_shape(model_id, request)
    model = find_claude_model(model_id)
    settings = check_settings(request, model)
    conversation = parse_conversation(request, model, settings)
    answer = answer_question(question, conversation, settings, model, fault)
    input_tokens = count_text_tokens(conversation.input_text, model) + sum(
        count_image_tokens(*image.size_px, model) for image in conversation.images
    )
    return {
        "output": {"message": {"role": "assistant", "content": answer.content}},
        "stopReason": answer.stop_reason,
        "usage": {
            "inputTokens": input_tokens,
            "outputTokens": answer.output_tokens,
            "totalTokens": input_tokens + answer.output_tokens,
            "cacheReadInputTokens": 0,
            "cacheWriteInputTokens": 0,
        },
        "metrics": {"latencyMs": round((time.monotonic() - started_s) * 1000)},
    }
