"""What is sent to each Claude, against what each takes (Bedrock user guide and model cards, 2026-11)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.core.catalogue.models import claude_model, claude_model_ids
from lambdas.core.models.claude import converse, coverage, requirements, revision, verdict
from lambdas.core.models.claude.picture import JudgedPicture
from lambdas.core.models.claude.question import Question, Tool, load_instructions
from tests.support.checks.question import fenced_data
from tests.support.factories.core import ledger, request
from tests.support.factories.core import requirements as made_requirements
from tests.support.fakes.bedrock import ScriptedBedrock, tool_use

OFF, BETWEEN_TOOLS = {"type": "disabled"}, {"type": "between_tools"}
FORCED, CHOSEN, STRUCTURED = "forced", "chosen", "structured"

# How it is asked, what turns its thinking off, and whether it takes sampling parameters. A forced tool is an error while
# a model thinks, and always on Sonnet 5.5, Opus 5.5 and Fable 5.1; structured outputs are for Claude 4.5 and 4.6 only.
TAKES: dict[str, tuple[str, dict[str, str] | None, bool]] = {
    "anthropic.claude-haiku-5-5": (FORCED, OFF, False),
    "anthropic.claude-sonnet-5-5": (CHOSEN, BETWEEN_TOOLS, False),
    "anthropic.claude-opus-5-5": (CHOSEN, None, False),
    "anthropic.claude-fable-5-1": (CHOSEN, None, False),
    "anthropic.claude-opus-5": (FORCED, OFF, False),
    "anthropic.claude-sonnet-5": (FORCED, OFF, False),
    "anthropic.claude-opus-4-8": (FORCED, None, False),
    "anthropic.claude-opus-4-6-v1": (FORCED, None, True),
    "anthropic.claude-opus-4-5-20251101-v1:0": (FORCED, None, True),
    "anthropic.claude-sonnet-4-6": (STRUCTURED, None, True),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": (STRUCTURED, None, True),
    "anthropic.claude-haiku-4-5-20251001-v1:0": (STRUCTURED, None, True),
}
SAMPLING = {"temperature": 0.2, "top_p": 0.9, "top_k": 40.0, "max_tokens": 900.0}
TOOLS = [requirements.TOOL, verdict.TOOL, revision.TOOL, coverage.TOOL]


def question(model_id: str, sampling: dict[str, float] | None = None) -> Question:
    return Question(
        purpose="verdict",
        model=claude_model(model_id, "f"),
        tool=verdict.TOOL,
        instructions="Look.",
        text="<data>\n{}\n</data>",
        answer_tokens=500,
        sampling=sampling or {},
    )


def sent(claude: ScriptedBedrock, asked: Question) -> dict[str, Any]:
    claude.says(tool_use(asked.tool.name, {}))
    converse.ask(asked, ledger(ceiling_usd=100), lambda answer: answer)
    return claude.requests[-1]


@pytest.mark.parametrize("model_id", claude_model_ids())
def test_each_claude_is_asked_in_the_best_way_that_it_takes(claude: ScriptedBedrock, model_id: str) -> None:
    way, thinking, samples = TAKES[model_id.split(".", 1)[1]]
    request_sent = sent(claude, question(model_id, SAMPLING))

    assert request_sent.pop("modelId") == model_id
    assert request_sent.pop("system") == [{"text": "Look."}]
    assert request_sent.pop("messages") == [{"role": "user", "content": [{"text": "<data>\n{}\n</data>"}]}]
    # Of temperature and top_p one call may carry only one.
    temperature = {"temperature": 0.2} if samples else {}
    assert request_sent.pop("inferenceConfig") == {"maxTokens": 900, **temperature}
    more = {**({"thinking": thinking} if thinking else {}), **({"top_k": 40} if samples else {})}
    assert request_sent.pop("additionalModelRequestFields", {}) == more
    if way == STRUCTURED:
        form = request_sent.pop("outputConfig")["textFormat"]
        assert form["type"] == "json_schema"
        assert form["structure"]["jsonSchema"]["name"] == "record_verdict"
        assert json.loads(form["structure"]["jsonSchema"]["schema"]) == verdict.TOOL.schema
    else:
        tools = request_sent.pop("toolConfig")
        assert tools["toolChoice"] == ({"tool": {"name": "record_verdict"}} if way == FORCED else {"auto": {}})
        (tool,) = tools["tools"]
        assert set(tool["toolSpec"]) == {"name", "description", "inputSchema"}
        assert tool["toolSpec"]["inputSchema"]["json"] == verdict.TOOL.schema
    assert request_sent == {}


@pytest.mark.parametrize("model_id", [f"us.{base_id}" for base_id, (_, _, samples) in TAKES.items() if samples])
def test_top_p_is_sent_where_no_temperature_is_given(claude: ScriptedBedrock, model_id: str) -> None:
    assert sent(claude, question(model_id, {"top_p": 0.9}))["inferenceConfig"] == {"maxTokens": 500, "topP": 0.9}


def test_nothing_is_sent_of_what_the_event_leaves_to_the_model(claude: ScriptedBedrock) -> None:
    request_sent = sent(claude, question("us.anthropic.claude-haiku-4-5-20251001-v1:0"))
    assert request_sent["inferenceConfig"] == {"maxTokens": 500}
    assert "additionalModelRequestFields" not in request_sent


def test_the_pictures_come_first_and_in_order(claude: ScriptedBedrock) -> None:
    pictures = (JudgedPicture(b"one", "png", 10, 10), JudgedPicture(b"two", "jpeg", 10, 10))
    asked = request(prompt="a secret wish")
    request_sent = sent(claude, verdict.build_question(asked, made_requirements(2), pictures))
    (message,) = request_sent["messages"]
    assert message["content"][:2] == [
        {"image": {"format": "png", "source": {"bytes": b"one"}}},
        {"image": {"format": "jpeg", "source": {"bytes": b"two"}}},
    ]
    # A judge that saw the prompt would confirm it.
    assert "secret wish" not in json.dumps(request_sent, default=str)
    assert fenced_data(message["content"][2]["text"])["candidates"] == 2


def objects_in(schema: Any) -> list[dict[str, Any]]:
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return [*([schema] if schema["type"] == "object" else []), *(found for part in inner for found in objects_in(part))]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tools_schema_is_of_the_kind_that_structured_outputs_take(tool: Tool) -> None:
    for found in objects_in(tool.schema):
        assert found["additionalProperties"] is False
        assert set(found["required"]) == set(found["properties"])
    words = set(json.dumps(tool.schema).replace('"', " ").split())
    assert not words & {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "$ref"}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_the_instructions_name_the_tool_and_every_field_of_its_answer(tool: Tool) -> None:
    text = load_instructions(tool.name.removeprefix("record_"))
    assert tool.name in text and "<data>" in text
    fields = {name for found in objects_in(tool.schema) for name in found["properties"]}
    assert {name for name in fields if f"`{name}`" not in text} <= {"candidate", "checks", "id"}


@pytest.mark.parametrize(
    ("sampling", "taken", "warned"),
    [
        ({}, (), []),
        ({"max_tokens": 9}, (), []),
        ({"temperature": 0, "top_k": 1}, (), ["claude_validate_temperature", "claude_validate_top_k"]),
        ({"temperature": 0, "top_p": 1}, ("temperature", "top_p"), ["claude_validate_top_p"]),
        ({"top_p": 1, "top_k": 1}, ("temperature", "top_p", "top_k"), []),
    ],
)
def test_each_sampling_field_that_is_left_out_is_warned_of(
    sampling: dict[str, float], taken: tuple[str, ...], warned: list[str]
) -> None:
    model = replace(claude_model("us.anthropic.claude-haiku-5-5", "validate_model_id"), sampling=taken)
    assert list(converse.sampling_left_out(sampling, model, "validate")) == warned


@pytest.mark.parametrize(
    ("model_id", "sampling", "tokens"),
    [
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", {}, 500),
        # Claude 4.7 and later make about 30 % more tokens of the same text.
        ("us.anthropic.claude-haiku-5-5", {}, 650),
        ("us.anthropic.claude-opus-5-5", {}, 8_650),
        ("us.anthropic.claude-opus-5-5", {"max_tokens": 77.0}, 77),
    ],
)
def test_there_is_room_for_the_answer_and_for_thinking_that_cannot_be_turned_off(
    model_id: str, sampling: dict[str, float], tokens: int
) -> None:
    assert question(model_id, sampling).max_tokens == tokens


@pytest.mark.parametrize(
    ("field", "more", "tokens"),
    [
        ("text", "ä" * 1_000, 2_000 - len("<data>\n{}\n</data>")),
        ("instructions", "ä" * 1_000, 2_000 - len("Look.")),
        ("pictures", (JudgedPicture(b"", "png", 1024, 1024),), 1_369),
    ],
)
def test_the_worst_price_grows_with_all_that_is_sent(field: str, more: Any, tokens: int) -> None:
    asked = question("us.anthropic.claude-haiku-5-5")
    grown = replace(asked, **{field: more})
    assert grown.worst_usd() == pytest.approx(asked.worst_usd() + tokens * 0.11e-6)


def test_the_worst_price_is_above_what_such_a_question_is_billed() -> None:
    # A verdict of 1,024² with 900 tokens of text and 400 of answer costs about $0.0005 on Haiku 5.5 (price list, 2026-11).
    asked = verdict.build_question(request(), made_requirements(5), (JudgedPicture(b"", "png", 1024, 1024),))
    assert 0.0005 < asked.worst_usd() < 0.0025
