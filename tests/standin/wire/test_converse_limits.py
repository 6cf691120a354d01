"""Converse: every documented rule is enforced, in the service's words."""

import json
from typing import Any

import pytest
from PIL import Image

from tests.support.standin_wire import HAIKU, OLD_HAIKU, SONNET, ask, data_block, png, tool_config

AUTO: dict[str, Any] = {"auto": {}}
ANY: dict[str, Any] = {"any": {}}
PROMPT = {"prompt": "a red circle", "negative_prompt": None}


def refusal(runtime: Any, **settings: Any) -> str:
    """The message of the ValidationException that a request gets."""
    with pytest.raises(runtime.exceptions.ValidationException) as refused:
        ask(runtime, "record_requirements", PROMPT, **settings)
    message: str = refused.value.response["Error"]["Message"]
    return message


def test_model_when_a_base_id_then_a_profile_is_asked_for(runtime: Any) -> None:
    assert refusal(runtime, modelId="anthropic.claude-haiku-5-5") == (
        "Invocation of model ID anthropic.claude-haiku-5-5 with on-demand throughput isn't supported. Retry your "
        "request with the ID or ARN of an inference profile that contains this model."
    )


@pytest.mark.parametrize("model_id", ["us.anthropic.claude-nobody", "xx.anthropic.claude-haiku-5-5", "nonsense"])
def test_model_when_unknown_then_the_identifier_is_invalid(runtime: Any, model_id: str) -> None:
    assert refusal(runtime, modelId=model_id) == "The provided model identifier is invalid."


def test_model_when_past_its_end_then_not_found(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ResourceNotFoundException, match="reached the end of its life"):
        ask(runtime, "record_requirements", PROMPT, modelId="us.anthropic.claude-3-5-sonnet-20240620-v1:0")


def test_model_when_a_profile_arn_then_answered(runtime: Any) -> None:
    arn = f"arn:aws:bedrock:us-west-2:123456789012:inference-profile/{HAIKU}"
    assert ask(runtime, "record_requirements", PROMPT, modelId=arn)["stopReason"] == "tool_use"


@pytest.mark.parametrize("choice", [{"tool": {"name": "record_requirements"}}, ANY])
@pytest.mark.parametrize("model", ["sonnet-5-5", "opus-5-5", "fable-5-1"])
def test_tool_choice_when_forced_on_a_model_that_cannot_be_then_refused(runtime: Any, model: str, choice: Any) -> None:
    message = refusal(
        runtime,
        modelId=f"us.anthropic.claude-{model}",
        toolConfig=tool_config("record_requirements", choice=choice),
    )
    assert message.endswith('tool_choice: type "tool" and "any" are not supported for this model.')


def test_tool_choice_when_forced_while_thinking_then_refused(runtime: Any) -> None:
    assert "Thinking may not be enabled" in refusal(runtime, modelId="us.anthropic.claude-sonnet-5")
    thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
    message = refusal(runtime, modelId=OLD_HAIKU, additionalModelRequestFields=thinking)
    assert "Thinking may not be enabled when tool_choice forces tool use." in message


def test_tool_choice_when_forced_and_thinking_off_then_answered(runtime: Any) -> None:
    answer = ask(
        runtime,
        "record_requirements",
        PROMPT,
        modelId="us.anthropic.claude-sonnet-5",
        additionalModelRequestFields={"thinking": {"type": "disabled"}},
    )
    assert [list(block) for block in answer["output"]["message"]["content"]] == [["toolUse"]]


def test_answer_when_the_model_thinks_then_a_reasoning_block_comes_first(runtime: Any) -> None:
    answer = ask(
        runtime,
        "record_requirements",
        PROMPT,
        modelId=SONNET,
        toolConfig=tool_config("record_requirements", choice=AUTO),
    )
    assert [next(iter(block)) for block in answer["output"]["message"]["content"]] == ["reasoningContent", "toolUse"]


@pytest.mark.parametrize(
    ("model_id", "settings", "words"),
    [
        (HAIKU, {"inferenceConfig": {"temperature": 0.5}}, "`temperature` is deprecated for this model."),
        (HAIKU, {"inferenceConfig": {"topP": 0.5}}, "`top_p` is deprecated for this model."),
        (HAIKU, {"additionalModelRequestFields": {"top_k": 5}}, "`top_k` is deprecated for this model."),
        (OLD_HAIKU, {"inferenceConfig": {"temperature": 0.5, "topP": 0.5}}, "cannot both be specified for this model"),
        (OLD_HAIKU, {"additionalModelRequestFields": {"top_k": 501}}, "top_k"),
        (OLD_HAIKU, {"inferenceConfig": {"maxTokens": 64_001}}, "max_tokens: 64001 > 64000"),
        (
            SONNET,
            {"additionalModelRequestFields": {"thinking": {"type": "disabled"}}},
            'type "disabled" is not supported',
        ),
        (
            "us.anthropic.claude-opus-5-5",
            {"additionalModelRequestFields": {"thinking": {"type": "between_tools"}}},
            'type "between_tools" is not supported',
        ),
        (
            HAIKU,
            {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}}},
            'type "enabled" is not supported',
        ),
        (
            HAIKU,
            {"additionalModelRequestFields": {"thinking": {"type": "adaptive", "effort": "low"}}},
            "thinking.effort",
        ),
        (
            OLD_HAIKU,
            {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1000}}},
            "budget_tokens",
        ),
        (HAIKU, {"additionalModelRequestFields": {"seed": 5}}, "seed: Extra inputs are not permitted"),
        (
            HAIKU,
            {
                "additionalModelRequestFields": {
                    "thinking": {"type": "disabled"},
                    "output_config": {"effort": "max"},
                }
            },
            "must be high or lower",
        ),
    ],
)
def test_settings_when_the_model_does_not_take_them_then_refused(
    runtime: Any, model_id: str, settings: dict[str, Any], words: str
) -> None:
    auto = tool_config("record_requirements", choice=AUTO)
    assert words in refusal(runtime, modelId=model_id, toolConfig=auto, **settings)


def test_sampling_when_one_of_the_two_on_an_older_model_then_answered(runtime: Any) -> None:
    answer = ask(runtime, "record_requirements", PROMPT, modelId=OLD_HAIKU, inferenceConfig={"temperature": 0.0})
    assert answer["stopReason"] == "tool_use"


def structured(schema: dict[str, Any]) -> dict[str, Any]:
    """An outputConfig that asks for JSON of a schema."""
    json_schema = {"schema": json.dumps(schema), "name": "record_requirements", "description": "d"}
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": json_schema}}}


CLOSED = {"type": "object", "properties": {"language": {"type": "string"}}, "additionalProperties": False}


def without_tools(runtime: Any, model_id: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A question that asks for structured output instead of a tool call."""
    answer: dict[str, Any] = runtime.converse(
        modelId=model_id,
        messages=[{"role": "user", "content": [data_block(PROMPT)]}],
        outputConfig=structured(schema),
    )
    return answer


def test_structured_output_when_the_model_has_it_then_the_text_is_json(runtime: Any) -> None:
    answer = without_tools(runtime, OLD_HAIKU, CLOSED)
    text = answer["output"]["message"]["content"][0]["text"]
    assert json.loads(text)["requirements"][0]["text"] == "a red circle"
    assert answer["stopReason"] == "end_turn"


@pytest.mark.parametrize("model", ["haiku-5-5", "sonnet-5-5", "sonnet-5", "opus-5", "opus-5-5"])
def test_structured_output_when_the_model_lacks_it_then_refused(runtime: Any, model: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="output_config.format: Extra inputs are not perm"):
        without_tools(runtime, f"us.anthropic.claude-{model}", CLOSED)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}},
        CLOSED | {"properties": {"a": {"type": "integer", "minimum": 0}}},
        CLOSED | {"properties": {"a": {"type": "array", "minItems": 2, "items": {"type": "string"}}}},
    ],
)
def test_structured_output_when_the_schema_is_outside_the_subset_then_refused(runtime: Any, schema: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="output_config.format.schema"):
        without_tools(runtime, OLD_HAIKU, schema)


def test_strict_tool_when_the_model_lacks_it_then_refused(runtime: Any) -> None:
    config = tool_config("record_requirements")
    config["tools"][0]["toolSpec"]["strict"] = True
    assert "strict: Extra inputs are not permitted" in refusal(runtime, toolConfig=config)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "has space"}, "pattern"),
        ({"inputSchema": {"json": {"type": "array"}}}, "inputSchema.json.type must be one of the following: object"),
        ({"name": "other"}, "is not one of toolConfig.tools"),
    ],
)
def test_tool_spec_when_against_the_rules_then_refused(runtime: Any, change: dict[str, Any], words: str) -> None:
    config = tool_config("record_requirements")
    config["tools"][0]["toolSpec"] |= change
    # Some of these botocore would stop; the service's own check is what is tested here.
    from standin.wire.claude_models import claude_model
    from standin.wire.claude_settings import check
    from standin.wire.service_error import ServiceError

    with pytest.raises(ServiceError, match=words):
        check({"toolConfig": config}, claude_model(HAIKU))


def talk(runtime: Any, *messages: dict[str, Any], **settings: Any) -> str:
    """The refusal of a conversation."""
    return refusal(runtime, messages=list(messages), **settings)


USER = {"role": "user", "content": [data_block(PROMPT)]}
CALLED = {
    "role": "assistant",
    "content": [{"toolUse": {"toolUseId": "tooluse_1", "name": "record_requirements", "input": {}}}],
}
ANSWERED = {
    "role": "user",
    "content": [{"toolResult": {"toolUseId": "tooluse_1", "status": "error", "content": [{"text": "no language"}]}}],
}
SAID = {"role": "assistant", "content": [{"text": "Well."}]}


def test_conversation_when_the_first_turn_is_not_the_users_then_refused(runtime: Any) -> None:
    assert "must start with a user message" in talk(runtime, SAID, USER)


def test_conversation_when_turns_do_not_alternate_then_refused(runtime: Any) -> None:
    assert "must alternate between user and assistant roles" in talk(runtime, USER, USER)


def test_conversation_when_a_tool_use_is_not_answered_then_refused(runtime: Any) -> None:
    plain = {"role": "user", "content": [{"text": "Again, please."}]}
    assert talk(runtime, USER, CALLED, plain) == (
        "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1"
    )


def test_conversation_when_a_tool_result_answers_nothing_then_refused(runtime: Any) -> None:
    assert "exceeds the number of toolUse blocks of previous turn" in talk(runtime, USER, SAID, ANSWERED)


def test_conversation_when_tool_blocks_come_without_tools_then_refused(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="toolConfig field must be defined"):
        runtime.converse(modelId=HAIKU, messages=[USER, CALLED, ANSWERED])


def test_conversation_when_it_ends_with_the_assistant_then_only_older_models_take_it(runtime: Any) -> None:
    assert "does not support assistant message prefill" in talk(runtime, USER, SAID)
    assert ask(runtime, "record_requirements", PROMPT, modelId=OLD_HAIKU, messages=[USER, SAID])["stopReason"]


def test_conversation_when_repaired_by_a_tool_result_then_the_question_is_answered_again(runtime: Any) -> None:
    answer = ask(runtime, "record_requirements", PROMPT, messages=[USER, CALLED, ANSWERED])
    assert answer["stopReason"] == "tool_use"


def test_text_when_blank_then_refused(runtime: Any) -> None:
    assert "is blank" in talk(runtime, {"role": "user", "content": [{"text": " "}]})


def images(count: int, data: bytes, role_format: str = "png") -> dict[str, Any]:
    """A message of images and one text."""
    blocks = [{"image": {"format": role_format, "source": {"bytes": data}}}] * count
    return {"role": "user", "content": [*blocks, data_block(PROMPT)]}


def test_images_when_20_then_answered_and_when_21_then_refused(runtime: Any) -> None:
    assert ask(runtime, "record_requirements", PROMPT, messages=[images(20, png())])["stopReason"] == "tool_use"
    assert "too many images" in talk(runtime, images(21, png()))


def test_image_when_longer_than_8000_px_then_refused(runtime: Any) -> None:
    assert "exceed max allowed size: 8000 pixels" in talk(runtime, images(1, strip(8001)))


def strip(width_px: int) -> bytes:
    """A picture one pixel high."""
    import io

    buffer = io.BytesIO()
    Image.new("RGB", (width_px, 1)).save(buffer, "PNG")
    return buffer.getvalue()


def test_image_when_larger_than_the_limit_then_refused(runtime: Any) -> None:
    # A PNG may be followed by anything: this one is too large all the same.
    for size_bytes in (3_750_001, 4_000_000):
        assert "image exceeds" in talk(runtime, images(1, png() + bytes(size_bytes - len(png()))))


def test_image_when_not_what_it_is_called_then_refused(runtime: Any) -> None:
    assert "does not match the provided media type image/jpeg" in talk(runtime, images(1, png(), "jpeg"))
    assert "Could not process image" in talk(runtime, images(1, b"not a picture"))


def test_image_when_the_assistants_then_refused(runtime: Any) -> None:
    message = {"role": "assistant", "content": [{"image": {"format": "png", "source": {"bytes": png()}}}]}
    assert "user messages only" in talk(runtime, USER, message, USER)
