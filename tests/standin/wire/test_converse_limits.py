"""Converse: documented rules on models, tools and settings are enforced, with the service's messages."""

import json
from typing import Any

import pytest

from standin.wire.claude_models import find_claude_model
from standin.wire.claude_settings import check_settings
from standin.wire.service_error import ServiceError
from tests.support.harnesses.stand_in_client import (
    HAIKU,
    OLD_HAIKU,
    SONNET,
    ask,
    converse_error,
    data_block,
    tool_config,
)

AUTO: dict[str, Any] = {"auto": {}}
ANY: dict[str, Any] = {"any": {}}
PROMPT = {"prompt": "a red circle", "negative_prompt": None}


def test_model_when_a_base_id_then_an_inference_profile_is_required(runtime: Any) -> None:
    assert converse_error(runtime, modelId="anthropic.claude-haiku-5-5") == (
        "Invocation of model ID anthropic.claude-haiku-5-5 with on-demand throughput isn't supported. Retry your "
        "request with the ID or ARN of an inference profile that contains this model."
    )


@pytest.mark.parametrize("model_id", ["us.anthropic.claude-nobody", "xx.anthropic.claude-haiku-5-5", "nonsense"])
def test_model_when_unknown_then_the_identifier_is_invalid(runtime: Any, model_id: str) -> None:
    assert converse_error(runtime, modelId=model_id) == "The provided model identifier is invalid."


def test_model_when_past_its_end_then_not_found(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ResourceNotFoundException, match="reached the end of its life"):
        ask(runtime, "record_requirements", PROMPT, modelId="us.anthropic.claude-3-5-sonnet-20240620-v1:0")


def test_model_when_a_profile_arn_then_answered(runtime: Any) -> None:
    arn = f"arn:aws:bedrock:us-west-2:123456789012:inference-profile/{HAIKU}"
    assert ask(runtime, "record_requirements", PROMPT, modelId=arn)["stopReason"] == "tool_use"


@pytest.mark.parametrize("choice", [{"tool": {"name": "record_requirements"}}, ANY])
@pytest.mark.parametrize("model", ["sonnet-5-5", "opus-5-5", "fable-5-1"])
def test_tool_choice_when_the_model_cannot_be_forced_then_rejected(runtime: Any, model: str, choice: Any) -> None:
    message = converse_error(
        runtime,
        modelId=f"us.anthropic.claude-{model}",
        toolConfig=tool_config("record_requirements", choice=choice),
    )
    assert message.endswith('tool_choice: type "tool" and "any" are not supported for this model.')


def test_tool_choice_when_forced_while_thinking_then_rejected(runtime: Any) -> None:
    assert "Thinking may not be enabled" in converse_error(runtime, modelId="us.anthropic.claude-sonnet-5")
    thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
    message = converse_error(runtime, modelId=OLD_HAIKU, additionalModelRequestFields=thinking)
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
def test_settings_when_the_model_does_not_accept_them_then_rejected(
    runtime: Any, model_id: str, settings: dict[str, Any], words: str
) -> None:
    auto = tool_config("record_requirements", choice=AUTO)
    assert words in converse_error(runtime, modelId=model_id, toolConfig=auto, **settings)


def test_temperature_alone_on_an_older_model_is_accepted(runtime: Any) -> None:
    answer = ask(runtime, "record_requirements", PROMPT, modelId=OLD_HAIKU, inferenceConfig={"temperature": 0.0})
    assert answer["stopReason"] == "tool_use"


def output_config(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an outputConfig that asks for JSON of a schema."""
    json_schema = {"schema": json.dumps(schema), "name": "record_requirements", "description": "d"}
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": json_schema}}}


CLOSED = {"type": "object", "properties": {"language": {"type": "string"}}, "additionalProperties": False}


def ask_structured(runtime: Any, model_id: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Ask with structured output instead of a tool."""
    answer: dict[str, Any] = runtime.converse(
        modelId=model_id,
        messages=[{"role": "user", "content": [data_block(PROMPT)]}],
        outputConfig=output_config(schema),
    )
    return answer


def test_structured_output_when_supported_then_the_text_is_json(runtime: Any) -> None:
    answer = ask_structured(runtime, OLD_HAIKU, CLOSED)
    text = answer["output"]["message"]["content"][0]["text"]
    assert json.loads(text)["requirements"][0]["text"] == "a red circle"
    assert answer["stopReason"] == "end_turn"


@pytest.mark.parametrize("model", ["haiku-5-5", "sonnet-5-5", "sonnet-5", "opus-5", "opus-5-5"])
def test_structured_output_when_not_supported_then_rejected(runtime: Any, model: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="output_config.format: Extra inputs are not perm"):
        ask_structured(runtime, f"us.anthropic.claude-{model}", CLOSED)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}},
        CLOSED | {"properties": {"a": {"type": "integer", "minimum": 0}}},
        CLOSED | {"properties": {"a": {"type": "array", "minItems": 2, "items": {"type": "string"}}}},
    ],
)
def test_structured_output_when_the_schema_is_outside_the_subset_then_rejected(runtime: Any, schema: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="output_config.format.schema"):
        ask_structured(runtime, OLD_HAIKU, schema)


def test_strict_tool_when_not_supported_then_rejected(runtime: Any) -> None:
    config = tool_config("record_requirements")
    config["tools"][0]["toolSpec"]["strict"] = True
    assert "strict: Extra inputs are not permitted" in converse_error(runtime, toolConfig=config)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "has space"}, "pattern"),
        ({"inputSchema": {"json": {"type": "array"}}}, "inputSchema.json.type must be one of the following: object"),
        ({"name": "other"}, "is not one of toolConfig.tools"),
    ],
)
def test_tool_spec_when_invalid_then_rejected(runtime: Any, change: dict[str, Any], words: str) -> None:
    config = tool_config("record_requirements")
    config["tools"][0]["toolSpec"] |= change
    # Called directly, because botocore rejects some of these before they are sent.
    with pytest.raises(ServiceError, match=words):
        check_settings({"toolConfig": config}, find_claude_model(HAIKU))
