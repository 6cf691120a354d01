"""Converse: documented rules on messages and images are enforced, with the service's messages."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.support.harnesses.stand_in_client import HAIKU, OLD_HAIKU, ask, converse_error, data_block, png, tool_input

PROMPT = {"prompt": "a red circle", "negative_prompt": None}


def messages_error(runtime: Any, *messages: dict[str, Any]) -> str:
    """Return the error message for a conversation."""
    return converse_error(runtime, messages=list(messages))


USER = {"role": "user", "content": [data_block(PROMPT)]}
TOOL_USE = {
    "role": "assistant",
    "content": [{"toolUse": {"toolUseId": "tooluse_1", "name": "record_requirements", "input": {}}}],
}
TOOL_RESULT = {
    "role": "user",
    "content": [{"toolResult": {"toolUseId": "tooluse_1", "status": "error", "content": [{"text": "no language"}]}}],
}
ASSISTANT_TEXT = {"role": "assistant", "content": [{"text": "Well."}]}


def test_conversation_when_it_starts_with_the_assistant_then_rejected(runtime: Any) -> None:
    assert "must start with a user message" in messages_error(runtime, ASSISTANT_TEXT, USER)


def test_conversation_when_turns_do_not_alternate_then_rejected(runtime: Any) -> None:
    assert "must alternate between user and assistant roles" in messages_error(runtime, USER, USER)


def test_conversation_when_a_tool_use_has_no_result_then_rejected(runtime: Any) -> None:
    plain = {"role": "user", "content": [{"text": "Again, please."}]}
    assert messages_error(runtime, USER, TOOL_USE, plain) == (
        "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1"
    )


def test_conversation_when_a_tool_result_has_no_tool_use_then_rejected(runtime: Any) -> None:
    assert "exceeds the number of toolUse blocks of previous turn" in messages_error(
        runtime, USER, ASSISTANT_TEXT, TOOL_RESULT
    )


def test_conversation_when_tool_blocks_have_no_tool_config_then_rejected(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="toolConfig field must be defined"):
        runtime.converse(modelId=HAIKU, messages=[USER, TOOL_USE, TOOL_RESULT])


def test_conversation_when_it_ends_with_the_assistant_then_only_older_models_accept_it(runtime: Any) -> None:
    assert "does not support assistant message prefill" in messages_error(runtime, USER, ASSISTANT_TEXT)
    assert ask(runtime, "record_requirements", PROMPT, modelId=OLD_HAIKU, messages=[USER, ASSISTANT_TEXT])["stopReason"]


def test_conversation_with_a_tool_result_repeats_the_answer(runtime: Any) -> None:
    answer = ask(runtime, "record_requirements", PROMPT, messages=[USER, TOOL_USE, TOOL_RESULT])
    assert answer["stopReason"] == "tool_use"


def test_text_when_blank_then_rejected(runtime: Any) -> None:
    assert "is blank" in messages_error(runtime, {"role": "user", "content": [{"text": " "}]})


def image_message(count: int, data: bytes, file_format: str = "png") -> dict[str, Any]:
    """Return a user message with images and one text."""
    blocks = [{"image": {"format": file_format, "source": {"bytes": data}}}] * count
    return {"role": "user", "content": [*blocks, data_block(PROMPT)]}


def test_images_are_at_most_20_a_message(runtime: Any) -> None:
    assert ask(runtime, "record_requirements", PROMPT, messages=[image_message(20, png())])["stopReason"] == "tool_use"
    assert "too many images" in messages_error(runtime, image_message(21, png()))


def test_image_when_longer_than_8000_px_then_rejected(runtime: Any) -> None:
    assert "exceed max allowed size: 8000 pixels" in messages_error(runtime, image_message(1, strip(8001)))


def strip(width_px: int) -> bytes:
    """Return a PNG one pixel high."""
    buffer = io.BytesIO()
    Image.new("RGB", (width_px, 1)).save(buffer, "PNG")
    return buffer.getvalue()


def test_image_when_larger_than_the_limit_then_rejected(runtime: Any) -> None:
    # Bytes after the end of a PNG do not make it invalid, only too large.
    for size_bytes in (3_750_001, 4_000_000):
        assert "image exceeds" in messages_error(runtime, image_message(1, png() + bytes(size_bytes - len(png()))))


def test_image_when_its_format_is_wrong_then_rejected(runtime: Any) -> None:
    assert "does not match the provided media type image/jpeg" in messages_error(
        runtime, image_message(1, png(), "jpeg")
    )
    assert "Could not process image" in messages_error(runtime, image_message(1, b"not a picture"))


def test_image_in_an_assistant_message_is_rejected(runtime: Any) -> None:
    message = {"role": "assistant", "content": [{"image": {"format": "png", "source": {"bytes": png()}}}]}
    assert "user messages only" in messages_error(runtime, USER, message, USER)


@pytest.mark.parametrize("labels", [("Source picture:", "Candidate 1:"), ("Reference:", "Candidate 1:"), ("", "")])
def test_pictures_before_the_candidates_are_their_sources(runtime: Any, labels: tuple[str, str]) -> None:
    data = {
        "candidates": 1,
        "requirements": [{"id": "r1", "text": "everything outside the edited part is as in the source"}],
    }
    content: list[dict[str, Any]] = []
    for label in labels:
        content += [{"text": label}] if label else []
        content.append({"image": {"format": "png", "source": {"bytes": png(64)}}})
    messages = [{"role": "user", "content": [*content, data_block(data)]}]
    answer = tool_input(ask(runtime, "record_verdict", data, messages=messages))
    assert [(check["candidate"], check["met"]) for check in answer["checks"]] == [(1, True)]
