"""Ask Claude on Amazon Bedrock a question and get JSON back, whichever Claude model it is.

There are three modes: a forced tool; an optional tool (`auto`), where a text answer is accepted too; structured output.
The catalogue lists the modes of each model, best first (Bedrock facts of November 2026). When the service rejects a
mode with a ValidationException, which is not billed, the next one is tried.
"""

import json
from collections.abc import Callable
from itertools import zip_longest
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from lambdas.core.catalogue.models import AnswerBy, ClaudeModel
from lambdas.core.models.bedrock import CALL_FAULTS, may_be_billed, translate_error
from lambdas.core.models.claude.answer import BadAnswerError, RefusedError, parse_answer
from lambdas.core.models.claude.question import Question, escape_markup
from lambdas.core.models.response import Reply, parse_reply, reading_answer
from lambdas.core.money.ledger import Ledger, PaidCall
from lambdas.core.runtime.clients import bedrock_for_claude
from lambdas.core.runtime.errors import ModelAnswerError

T = TypeVar("T")
Message = dict[str, Any]

# AWS: parts of the service's message when a model does not support a mode.
_UNSUPPORTED_MODE = (
    "tool_choice",
    "toolChoice",
    "output_config",
    "outputConfig",
    "Extra inputs are not permitted",
)


def ask(question: Question, ledger: Ledger, check: Callable[[dict[str, Any]], T], repairs: int = 1) -> T:
    """Ask the question and return the answer as `check` converts it. An unusable answer is sent back with the reason.

    check: takes the tool's input; raises `BadAnswerError` with a reason that Claude can act on.
    repairs: how many times an unusable answer is sent back.

    Raises:
        CeilingReachedError: the call could exceed the cost ceiling of the run or of its batch; it was not made.
        ModelAnswerError: Claude refused, or gave no usable answer, or Converse's answer cannot be read (the state machine
            asks again, then gives up).
        RetakeError: an error of Bedrock's, as `translate_error` returns it.
    """
    messages = [_first_message(question)]
    while True:
        reply = _converse(question, messages, ledger)
        try:
            return check(parse_answer(reply.message, reply.stop_reason, question.tool))
        except RefusedError as refusal:
            raise ModelAnswerError(f"{question.model.model_id}: {refusal} ({question.purpose})") from None
        except BadAnswerError as fault:
            # Each repair adds two messages: the unusable answer and the reason.
            if len(messages) > 2 * repairs:
                message = f"{question.model.model_id}: no usable {question.purpose}: {fault}"
                raise ModelAnswerError(message) from None
            messages += _repair_messages(reply.message, str(fault))


def sampling_left_out(sampling: dict[str, float], model: ClaudeModel, role: str) -> dict[str, str]:
    """Return the sampling fields of the event that the model does not take, each with the reason.

    sampling: the event's values by short name ("top_p"); role: "validate" or "revise".
    """
    left_out = {}
    for name in sampling:
        if name == "max_tokens":
            continue
        if name not in model.sampling:
            left_out[f"claude_{role}_{name}"] = f"{model.name} has no such parameter"
        elif name == "top_p" and "temperature" in sampling:
            left_out[f"claude_{role}_{name}"] = f"{model.name} takes temperature or top_p, not both"
    return left_out


def _converse(question: Question, messages: list[Message], ledger: Ledger) -> Reply:
    paid = PaidCall("claude", question.purpose, question.model.model_id, _worst_usd(question, messages))
    ledger.reserve([paid])
    modes = question.model.answer_by
    for mode in modes:
        try:
            request = _request(question, messages, mode)
            with reading_answer():
                reply = parse_reply(bedrock_for_claude().converse(**request))
            break
        except CALL_FAULTS as error:
            if mode != modes[-1] and _is_mode_unsupported(error):
                continue
            if not may_be_billed(error):
                paid.cost_usd = 0.0
                ledger.write()
            raise translate_error(error, question.model.model_id, ModelAnswerError) from error
    paid.engine = reply.engine
    if reply.tokens:
        # Without `usage`, the call stays at the reserved amount, which is at least its cost.
        paid.input_tokens, paid.output_tokens = reply.tokens
        paid.cost_usd = question.model.price_usd(*reply.tokens)
    ledger.write()
    return reply


def _is_mode_unsupported(error: Exception) -> bool:
    if not isinstance(error, ClientError) or error.response["Error"]["Code"] != "ValidationException":
        return False
    return any(words in error.response["Error"].get("Message", "") for words in _UNSUPPORTED_MODE)


def _worst_usd(question: Question, messages: list[Message]) -> float:
    # A repair also sends the previous answers and their faults.
    extra_bytes = len(json.dumps(messages[1:], ensure_ascii=False, default=str).encode()) if len(messages) > 1 else 0
    return question.worst_usd(extra_bytes)


def _first_message(question: Question) -> Message:
    content: list[dict[str, Any]] = []
    for picture, label in zip_longest(question.pictures, question.labels):
        content += [{"text": f"{label}:"}] if label else []
        content.append({"image": {"format": picture.format, "source": {"bytes": picture.body}}})
    return {"role": "user", "content": [*content, {"text": question.text}]}


def _repair_messages(message: Message, fault: str) -> list[Message]:
    # AWS: Converse requires a toolResult for every toolUse, in the very next message.
    uses = [block["toolUse"]["toolUseId"] for block in message["content"] if "toolUse" in block]
    # The reason may quote the answer, which may quote the data, so it is escaped like the data.
    said = f"This answer cannot be used: {escape_markup(fault)}. Answer again, whole, in the form that was asked for."
    # AWS: Converse rejects a message without content and a blank text block, even where the model wrote them.
    kept = [block for block in message["content"] if "text" not in block or block["text"].strip()]
    message = {"role": "assistant", "content": kept or [{"text": "(no answer)"}]}
    content: list[dict[str, Any]] = [
        {"toolResult": {"toolUseId": use, "content": [{"text": said}], "status": "error"}} for use in uses
    ] or [{"text": said}]
    return [message, {"role": "user", "content": content}]


def _request(question: Question, messages: list[Message], mode: AnswerBy) -> dict[str, Any]:
    model, tool = question.model, question.tool
    inference: dict[str, Any] = {"maxTokens": question.max_tokens}
    more: dict[str, Any] = {}
    sampling = question.sampling
    if "temperature" in sampling and "temperature" in model.sampling:
        inference["temperature"] = sampling["temperature"]
    elif "top_p" in sampling and "top_p" in model.sampling:
        inference["topP"] = sampling["top_p"]
    if "top_k" in sampling and "top_k" in model.sampling:
        more["top_k"] = sampling["top_k"]
    if model.thinking_off:
        more["thinking"] = model.thinking_off
    request: dict[str, Any] = {
        "modelId": model.model_id,
        "system": [{"text": question.instructions}],
        "messages": messages,
        "inferenceConfig": inference,
    }
    if more:
        request["additionalModelRequestFields"] = more
    specification = {"name": tool.name, "description": tool.description, "inputSchema": {"json": tool.schema}}
    if mode == "structured_output":
        form = {"schema": json.dumps(tool.schema), "name": tool.name, "description": tool.description}
        request["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": form}}}
    else:
        choice: dict[str, Any] = {"tool": {"name": tool.name}} if mode == "forced_tool" else {"auto": {}}
        request["toolConfig"] = {"tools": [{"toolSpec": specification}], "toolChoice": choice}
    return request
