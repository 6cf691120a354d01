"""The token counts in the usage of a Converse answer."""

from typing import Any

import pytest

from standin.wire.claude_models import find_claude_model
from standin.wire.tokens import count_image_tokens, count_text_tokens
from tests.support.harnesses.stand_in_client import HAIKU, OLD_HAIKU, SONNET, ask, png, tool_config

PROMPT = {"prompt": "three red circles left of a blue square", "negative_prompt": None}


@pytest.mark.parametrize(
    ("size_px", "tokens"), [((1024, 1024), 1369), ((1000, 1000), 1296), ((1536, 640), 1265), ((512, 512), 361)]
)
def test_image_tokens_are_as_documented(size_px: tuple[int, int], tokens: int) -> None:
    assert count_image_tokens(*size_px, find_claude_model(OLD_HAIKU)) == tokens
    assert count_image_tokens(*size_px, find_claude_model(HAIKU)) == tokens


def test_image_tokens_of_a_large_image_are_the_models_limit() -> None:
    assert count_image_tokens(8000, 8000, find_claude_model(OLD_HAIKU)) == 1568
    assert count_image_tokens(8000, 8000, find_claude_model(HAIKU)) == 4784


def test_text_tokens_are_a_quarter_of_the_bytes_and_30_percent_more_on_newer_models() -> None:
    assert count_text_tokens("a" * 400, find_claude_model(OLD_HAIKU)) == 100
    assert count_text_tokens("a" * 400, find_claude_model(HAIKU)) == 130
    assert count_text_tokens("月" * 4, find_claude_model(OLD_HAIKU)) == 3


def test_usage_counts_system_text_tools_and_images(runtime: Any) -> None:
    bare = ask(runtime, "record_requirements", PROMPT)["usage"]
    longer = ask(runtime, "record_requirements", PROMPT, system=[{"text": "x" * 400}])["usage"]
    seeing = ask(runtime, "record_requirements", PROMPT, (png(512),))["usage"]
    assert longer["inputTokens"] - bare["inputTokens"] == 130
    assert seeing["inputTokens"] - bare["inputTokens"] == 361
    assert bare["totalTokens"] == bare["inputTokens"] + bare["outputTokens"]


def test_answer_longer_than_max_tokens_is_cut(runtime: Any) -> None:
    answer = ask(runtime, "record_requirements", PROMPT, inferenceConfig={"maxTokens": 20})
    assert answer["stopReason"] == "max_tokens"
    assert answer["usage"]["outputTokens"] == 20
    assert answer["output"]["message"]["content"][0]["toolUse"]["input"] == {}


def test_answer_when_thinking_uses_up_max_tokens_then_has_no_text(runtime: Any) -> None:
    answer = ask(
        runtime,
        "record_requirements",
        PROMPT,
        modelId=SONNET,
        toolConfig=tool_config("record_requirements", choice={"auto": {}}),
        inferenceConfig={"maxTokens": 10},
    )
    assert answer["stopReason"] == "max_tokens"
    assert all("reasoningContent" in block for block in answer["output"]["message"]["content"])
