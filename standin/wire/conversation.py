"""The messages of a Converse request: their order, their blocks, and what Retake put in them.

Sources: AWS docs, Bedrock API reference, Message and ToolResultBlock (images: 20 a message, 3.75 MB, 8000 px, user role
only); messages as seen in public reports of real calls.
"""

import base64
import binascii
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from standin.wire.claude_models import ClaudeModel
from standin.wire.claude_settings import ClaudeSettings
from standin.wire.service_error import ServiceError, invalid, refused_by_model

MAX_IMAGES_PER_MESSAGE = 20
MAX_IMAGE_BYTES = 3_750_000
MAX_IMAGE_SIDE_PX = 8000
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
_DATA = re.compile(r"^<data>\s*$(.*?)^</data>\s*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Picture:
    """One image block."""

    data: bytes
    size_px: tuple[int, int]


@dataclass(frozen=True)
class Talk:
    """A conversation that Converse would take."""

    pictures: tuple[Picture, ...]
    """Every image of every message, in order."""
    data: dict[str, Any] | None
    """The JSON object in the last data fence, or None without one: what Retake asks about."""
    counted_text: str
    """Everything that counts as input text."""


def check(request: Mapping[str, Any], model: ClaudeModel, settings: ClaudeSettings) -> Talk:
    """The conversation, once it is known to follow Converse's rules.

    Raises:
        ServiceError: a message, an order or an image that Converse turns down.
    """
    messages = request.get("messages") or []
    if not messages or messages[0].get("role") != "user":
        raise invalid("A conversation must start with a user message. Try again with a conversation that starts "
                      "with a user message.")  # fmt: skip
    _check_turns(messages, model, settings)
    texts = [block.get("text", "") for block in request.get("system") or []]
    texts.append(json.dumps(request["toolConfig"]) if "toolConfig" in request else "")
    pictures: list[Picture] = []
    data: dict[str, Any] | None = None
    for number, message in enumerate(messages):
        images = [block["image"] for block in message["content"] if "image" in block]
        if images and message["role"] != "user":
            raise invalid(f"messages.{number}: image blocks are allowed in user messages only.")
        if len(images) > MAX_IMAGES_PER_MESSAGE:
            raise refused_by_model(
                f"messages.{number}: too many images and documents: {len(images)} + 0 > {MAX_IMAGES_PER_MESSAGE}"
            )
        pictures += [_picture(image, f"messages.{number}") for image in images]
        for block in message["content"]:
            text = _text_of(block)
            texts.append(text)
            data = (_fenced(text) or data) if message["role"] == "user" and "text" in block else data
    return Talk(pictures=tuple(pictures), data=data, counted_text="".join(texts))


def _check_turns(messages: list[Mapping[str, Any]], model: ClaudeModel, settings: ClaudeSettings) -> None:
    open_tool_uses: list[str] = []
    for number, message in enumerate(messages):
        role, content = message.get("role"), message.get("content") or []
        if role != ("assistant" if number % 2 else "user"):
            raise invalid("A conversation must alternate between user and assistant roles. Make sure the conversation "
                          "alternates between user and assistant roles and try again.")  # fmt: skip
        if not content:
            raise invalid(f"The content field in the Message object at messages.{number} is empty. Add a ContentBlock "
                          "object to the content field and try again.")  # fmt: skip
        for position, block in enumerate(content):
            if "text" in block and not block["text"].strip():
                raise invalid(f"The text field in the ContentBlock object at messages.{number}.content.{position} is "
                              "blank. Add text to the text field, and try again.")  # fmt: skip
            if ("toolUse" in block or "toolResult" in block) and not settings.tools:
                raise invalid("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
        answered = [block["toolResult"].get("toolUseId", "") for block in content if "toolResult" in block]
        unanswered = [use_id for use_id in open_tool_uses if use_id not in answered]
        if unanswered:
            raise _unanswered(number, unanswered)
        if len(answered) > len(open_tool_uses):
            raise invalid(
                f"The number of toolResult blocks at messages.{number}.content exceeds the number of toolUse blocks "
                "of previous turn."
            )
        open_tool_uses = [block["toolUse"].get("toolUseId", "") for block in content if "toolUse" in block]
    if open_tool_uses:
        raise _unanswered(len(messages), open_tool_uses)
    if messages[-1]["role"] == "assistant" and not model.prefill:
        raise refused_by_model(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )


def _unanswered(number: int, use_ids: list[str]) -> ServiceError:
    return invalid(
        f"Expected toolResult blocks at messages.{number}.content for the following Ids: {', '.join(use_ids)}"
    )


def _picture(image: Mapping[str, Any], path: str) -> Picture:
    file_format, encoded = image.get("format"), (image.get("source") or {}).get("bytes")
    if file_format not in _FORMATS:
        raise invalid(
            f"Value '{file_format}' at '{path}.content.image.format' failed to satisfy constraint: "
            "Member must satisfy enum value set: [png, jpeg, gif, webp]"
        )
    if not isinstance(encoded, str):
        raise invalid(f"The stand-in takes images as bytes only ({path}).")
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise invalid(f"{path}: the image's bytes are not valid base64.") from None
    if len(data) > MAX_IMAGE_BYTES:
        raise refused_by_model(
            f"{path}: image exceeds 5 MB maximum: {len(encoded)} bytes > 5242880 bytes"
            if len(encoded) > 5_242_880
            else f"{path}: image exceeds 3.75 MB maximum: {len(data)} bytes > {MAX_IMAGE_BYTES} bytes"
        )
    try:
        with Image.open(io.BytesIO(data)) as opened:
            actual, size_px = opened.format, opened.size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise refused_by_model("Could not process image") from None
    if actual != _FORMATS[file_format]:
        raise refused_by_model(f"{path}: Image does not match the provided media type image/{file_format}")
    if max(size_px) > MAX_IMAGE_SIDE_PX:
        raise refused_by_model(
            f"{path}: At least one of the image dimensions exceed max allowed size: {MAX_IMAGE_SIDE_PX} pixels"
        )
    return Picture(data, size_px)


def _text_of(block: Mapping[str, Any]) -> str:
    if "toolResult" in block:
        return "".join(_text_of(part) for part in block["toolResult"].get("content") or [])
    if "json" in block:
        return json.dumps(block["json"], ensure_ascii=False)
    if "toolUse" in block:
        return json.dumps(block["toolUse"].get("input"), ensure_ascii=False)
    return str(block.get("text", ""))


def _fenced(text: str) -> dict[str, Any] | None:
    found = _DATA.findall(text)
    try:
        data = json.loads(found[-1]) if found else None
    except ValueError:
        return None
    return data if isinstance(data, dict) else None
