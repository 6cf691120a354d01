"""Asking Claude on Amazon Bedrock, and getting JSON back from whichever model it is.

Three ways, tried in the catalogue's order for the model (Bedrock facts of November 2026): a forced tool; a tool that
Claude may choose (`auto`), with a text answer accepted too; a structured output. The next way is taken when the service
refuses one with a ValidationException, which is not billed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.catalogue.models import AnswerBy
from lambdas.core.models.bedrock import may_be_billed, translate_error
from lambdas.core.models.claude.answer import BadAnswerError, RefusedError, parse_answer
from lambdas.core.models.claude.question import Question, escape_markup
from lambdas.core.money.ledger import Ledger, PaidCall
from lambdas.core.runtime.clients import bedrock_for_claude
from lambdas.core.runtime.errors import ModelAnswerError

T = TypeVar("T")
Message = dict[str, Any]

# AWS: how the service words that a model does not take the way in which it was asked.
_WAY_REFUSED = (
    "tool_choice",
    "toolChoice",
    "output_config",
    "outputConfig",
    "Extra inputs are not permitted",
)


@dataclass(frozen=True)
class Reply:
    """One answer of Claude's, as Converse returns it."""

    message: Message
    stop_reason: str


def ask(question: Question, ledger: Ledger, check: Callable[[dict[str, Any]], T], repairs: int = 1) -> T:
    """The checked answer. One that cannot be read, or that `check` turns down, is sent back with the fault.

    `check` takes the tool's input and raises `BadAnswerError` with a reason that Claude can act on.

    Raises:
        CeilingReachedError: asking could pass the run's ceiling.
        ModelAnswerError: no usable answer after `repairs` (the state machine asks again, then gives up).
        ModelError: Bedrock's own faults.
    """
    messages = [_first_message(question)]
    while True:
        reply = _converse(question, messages, ledger)
        try:
            return check(parse_answer(reply.message, reply.stop_reason, question.tool))
        except RefusedError as refusal:
            raise ModelAnswerError(f"{question.model.model_id}: {refusal} ({question.purpose})") from None
        except BadAnswerError as fault:
            # Each repair adds the answer and its fault to the conversation.
            if len(messages) > 2 * repairs:
                said = f"{question.model.model_id}: no usable {question.purpose}: {fault}"
                raise ModelAnswerError(said) from None
            messages += _sent_back(reply.message, str(fault))


def sampling_warnings(question_sampling: dict[str, float], taken: tuple[str, ...], role: str) -> list[str]:
    """The event's sampling fields that the model does not take, one warning each."""
    warnings = []
    for name in question_sampling:
        if name == "max_tokens":
            continue
        if name not in taken:
            warnings.append(f"claude_{role}_{name} was left out: the model takes no {name}")
        elif name == "top_p" and "temperature" in question_sampling:
            warnings.append(f"claude_{role}_{name} was left out: the model takes temperature or top_p, not both")
    return warnings


def _converse(question: Question, messages: list[Message], ledger: Ledger) -> Reply:
    paid = PaidCall("claude", question.purpose, question.model.model_id, _worst_usd(question, messages))
    ledger.reserve([paid])
    ways = question.model.answer_by
    for way in ways:
        try:
            response = bedrock_for_claude().converse(**_request(question, messages, way))
            break
        except (ClientError, BotoCoreError) as error:
            if way != ways[-1] and _refuses_the_way(error):
                continue
            if not may_be_billed(error):
                paid.cost_usd = 0.0
                ledger.write()
            raise translate_error(error, question.model.model_id) from error
    if usage := response.get("usage"):
        # Without it the call stays at what was reserved: never less than it can have cost.
        paid.input_tokens, paid.output_tokens = usage["inputTokens"], usage["outputTokens"]
        paid.cost_usd = question.model.price_usd(paid.input_tokens, paid.output_tokens)
    ledger.write()
    message = cast(Message, response["output"].get("message") or {"role": "assistant", "content": []})
    return Reply(message, response["stopReason"])


def _refuses_the_way(error: Exception) -> bool:
    if not isinstance(error, ClientError) or error.response["Error"]["Code"] != "ValidationException":
        return False
    return any(words in error.response["Error"].get("Message", "") for words in _WAY_REFUSED)


def _worst_usd(question: Question, messages: list[Message]) -> float:
    # A repair carries the first answer and the fault besides the question.
    extra_bytes = len(json.dumps(messages[1:], ensure_ascii=False, default=str).encode()) if len(messages) > 1 else 0
    return question.worst_usd(extra_bytes)


def _first_message(question: Question) -> Message:
    content: list[dict[str, Any]] = [
        {"image": {"format": picture.format, "source": {"bytes": picture.body}}} for picture in question.pictures
    ]
    return {"role": "user", "content": [*content, {"text": question.text}]}


def _sent_back(message: Message, fault: str) -> list[Message]:
    """The messages of a repair. AWS: Converse demands a toolResult for every toolUse, in the very next message."""
    uses = [block["toolUse"]["toolUseId"] for block in message["content"] if "toolUse" in block]
    # The fault may quote the answer, which may quote the data.
    said = f"This answer cannot be used: {escape_markup(fault)}. Answer again, whole, in the form that was asked for."
    # AWS: neither an empty message nor a blank text in one is taken back.
    kept = [block for block in message["content"] if "text" not in block or block["text"].strip()]
    message = {"role": "assistant", "content": kept or [{"text": "(no answer)"}]}
    content: list[dict[str, Any]] = [
        {"toolResult": {"toolUseId": use, "content": [{"text": said}], "status": "error"}} for use in uses
    ] or [{"text": said}]
    return [message, {"role": "user", "content": content}]


def _request(question: Question, messages: list[Message], way: AnswerBy) -> dict[str, Any]:
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
    if way == "structured_output":
        form = {"schema": json.dumps(tool.schema), "name": tool.name, "description": tool.description}
        request["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": form}}}
    else:
        choice: dict[str, Any] = {"tool": {"name": tool.name}} if way == "forced_tool" else {"auto": {}}
        request["toolConfig"] = {"tools": [{"toolSpec": specification}], "toolChoice": choice}
    return request
