"""The messages of a Converse request: the order of turns, the content blocks, and Retake's data in them.

Sources: AWS docs, Bedrock API reference, Message and ToolResultBlock (20 images a message, in user messages only);
messages as in public reports of real calls.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standin.wire.claude_models import ClaudeModel
from standin.wire.claude_settings import ClaudeSettings
from standin.wire.image_block import ImageBlock, parse_image_block
from standin.wire.service_error import ServiceError, invalid_request, rejected_by_model

MAX_IMAGES_PER_MESSAGE = 20
_DATA = re.compile(r"^<data>\s*$(.*?)^</data>\s*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Conversation:
    """The checked messages of a request."""

    images: tuple[ImageBlock, ...]
    """The images of all messages, in order."""
    data: dict[str, Any] | None
    """The JSON object between the last `<data>` and `</data>` lines of a user message. None: there is none."""
    input_text: str
    """All text that counts as input tokens."""


def parse_conversation(request: Mapping[str, Any], model: ClaudeModel, settings: ClaudeSettings) -> Conversation:
    """Check the messages and collect their images, data and text.

    Raises:
        ServiceError: a message, an order of turns or an image that Converse or the model rejects.
    """
    messages = request.get("messages") or []
    if not messages or messages[0].get("role") != "user":
        raise invalid_request(
            "A conversation must start with a user message. Try again with a conversation that starts "
            "with a user message."
        )
    _check_turns(messages, model, settings)
    texts = [block.get("text", "") for block in request.get("system") or []]
    texts.append(json.dumps(request["toolConfig"]) if "toolConfig" in request else "")
    images: list[ImageBlock] = []
    data: dict[str, Any] | None = None
    for number, message in enumerate(messages):
        images += _parse_images(message, f"messages.{number}")
        for block in message["content"]:
            text = _block_text(block)
            texts.append(text)
            data = (_parse_data(text) or data) if message["role"] == "user" and "text" in block else data
    return Conversation(images=tuple(images), data=data, input_text="".join(texts))


def _parse_images(message: Mapping[str, Any], path: str) -> list[ImageBlock]:
    content = message["content"]
    images = [
        (block["image"], content[place - 1].get("text", "") if place else "")
        for place, block in enumerate(content)
        if "image" in block
    ]
    if images and message["role"] != "user":
        raise invalid_request(f"{path}: image blocks are allowed in user messages only.")
    if len(images) > MAX_IMAGES_PER_MESSAGE:
        raise rejected_by_model(f"{path}: too many images and documents: {len(images)} + 0 > {MAX_IMAGES_PER_MESSAGE}")
    return [parse_image_block(image, path, label) for image, label in images]


def _check_turns(messages: list[Mapping[str, Any]], model: ClaudeModel, settings: ClaudeSettings) -> None:
    open_tool_uses: list[str] = []
    for number, message in enumerate(messages):
        role, content = message.get("role"), message.get("content") or []
        if role != ("assistant" if number % 2 else "user"):
            raise invalid_request(
                "A conversation must alternate between user and assistant roles. Make sure the conversation "
                "alternates between user and assistant roles and try again."
            )
        _check_blocks(content, number, settings)
        answered = [block["toolResult"].get("toolUseId", "") for block in content if "toolResult" in block]
        unanswered = [use_id for use_id in open_tool_uses if use_id not in answered]
        if unanswered:
            raise _missing_tool_results(number, unanswered)
        if len(answered) > len(open_tool_uses):
            raise invalid_request(
                f"The number of toolResult blocks at messages.{number}.content exceeds the number of toolUse blocks "
                "of previous turn."
            )
        open_tool_uses = [block["toolUse"].get("toolUseId", "") for block in content if "toolUse" in block]
    if open_tool_uses:
        raise _missing_tool_results(len(messages), open_tool_uses)
    if messages[-1]["role"] == "assistant" and not model.has_prefill:
        raise rejected_by_model(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )


def _check_blocks(content: list[Mapping[str, Any]], number: int, settings: ClaudeSettings) -> None:
    if not content:
        raise invalid_request(
            f"The content field in the Message object at messages.{number} is empty. Add a ContentBlock "
            "object to the content field and try again."
        )
    for position, block in enumerate(content):
        if "text" in block and not block["text"].strip():
            raise invalid_request(
                f"The text field in the ContentBlock object at messages.{number}.content.{position} is "
                "blank. Add text to the text field, and try again."
            )
        if ("toolUse" in block or "toolResult" in block) and not settings.tools:
            raise invalid_request(
                "The toolConfig field must be defined when using toolUse and toolResult content blocks."
            )


def _missing_tool_results(number: int, use_ids: list[str]) -> ServiceError:
    return invalid_request(
        f"Expected toolResult blocks at messages.{number}.content for the following Ids: {', '.join(use_ids)}"
    )


def _block_text(block: Mapping[str, Any]) -> str:
    if "toolResult" in block:
        return "".join(_block_text(part) for part in block["toolResult"].get("content") or [])
    if "json" in block:
        return json.dumps(block["json"], ensure_ascii=False)
    if "toolUse" in block:
        return json.dumps(block["toolUse"].get("input"), ensure_ascii=False)
    return str(block.get("text", ""))


def _parse_data(text: str) -> dict[str, Any] | None:
    found = _DATA.findall(text)
    try:
        data = json.loads(found[-1]) if found else None
    except ValueError:
        return None
    return data if isinstance(data, dict) else None
