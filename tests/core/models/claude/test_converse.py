"""Asking Claude: the other way where one is refused, one repair of a bad answer, and the ledger on every path."""

import json
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from lambdas.core.catalogue.models import claude_model
from lambdas.core.models.claude import converse
from lambdas.core.models.claude.answer import BadAnswerError
from lambdas.core.models.claude.converse import ask
from lambdas.core.models.claude.question import Question, Tool
from lambdas.core.money.ledger import CeilingReachedError, Ledger
from lambdas.core.runtime.errors import (
    InvalidRequestError,
    ModelAnswerError,
    ModelThrottledError,
    ModelTimeoutError,
    ModelUnavailableError,
    RetakeError,
)
from tests.support.factories.core import ledger, recorded_calls
from tests.support.fakes.bedrock import ScriptedBedrock, thinking, tool_use
from tests.support.fakes.claude import ScriptedClaude

HAIKU, OPUS, OLD_HAIKU = (
    "us.anthropic.claude-haiku-5-5",
    "us.anthropic.claude-opus-5-5",
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
)
TOOL = Tool("record_it", "Record it.", {"type": "object", "properties": {"it": {"type": "string"}}, "required": ["it"]})
GOOD, BAD = {"it": "a cup"}, {"it": 3}
URL = "https://bedrock"
NO_FORCED_TOOL = 'tool_choice: type "tool" and "any" are not supported for this model.'
NO_FORCED_TOOL_THINKING = "Thinking may not be enabled when tool_choice forces tool use."
NO_STRUCTURED_OUTPUT = "output_config.format: Extra inputs are not permitted"


def question(model_id: str = HAIKU) -> Question:
    return Question(
        purpose="verdict",
        model=claude_model(model_id, "f"),
        tool=TOOL,
        instructions="Look.",
        text="<data>\n{}\n</data>",
        answer_tokens=500,
        sampling={},
    )


def checked(answer: dict[str, Any]) -> str:
    if not isinstance(answer.get("it"), str):
        raise BadAnswerError("`it` must be a text")
    return str(answer["it"])


def choices(claude: ScriptedBedrock) -> list[str]:
    """How each request asked for JSON."""
    return [
        next(iter(sent["toolConfig"]["toolChoice"])) if "toolConfig" in sent else "structured"
        for sent in claude.requests
    ]


def test_a_call_is_reserved_before_it_is_made_and_settled_by_what_was_used(claude: ScriptedBedrock) -> None:
    book, before = ledger(), list[Any]()
    claude.on_request = lambda: before.extend(recorded_calls(book))
    claude.says(thinking(), tool_use("record_it", GOOD), tokens=(2_000, 300))
    assert ask(question(), book, checked) == "a cup"

    (reserved,) = before
    assert (reserved["cost_usd"], reserved["reserved_usd"]) == (None, pytest.approx(question().worst_usd()))
    (settled,) = recorded_calls(book)
    assert (settled["purpose"], settled["model_id"], settled["kind"]) == ("verdict", HAIKU, "claude")
    assert (settled["input_tokens"], settled["output_tokens"]) == (2_000, 300)
    assert settled["cost_usd"] == pytest.approx((2_000 * 0.11 + 300 * 0.55) / 1e6)


def test_nothing_is_asked_where_the_answer_could_pass_the_ceiling(claude: ScriptedBedrock) -> None:
    book = ledger(ceiling_usd=question().worst_usd() * 0.99)
    with pytest.raises(CeilingReachedError):
        ask(question(), book, checked)
    assert claude.requests == [] and recorded_calls(book) == []


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (ReadTimeoutError(endpoint_url=URL), ModelTimeoutError),
        (ConnectionClosedError(endpoint_url=URL), ModelUnavailableError),
    ],
)
def test_a_call_without_an_answer_stays_counted_when_the_step_is_invoked_again(
    claude: ScriptedBedrock, error: Any, named: type[RetakeError]
) -> None:
    book = ledger()
    claude.breaks(error)
    with pytest.raises(named):
        ask(question(), book, checked)
    again = Ledger.open(book.folder, book.step, 0.0, 5.0)
    assert again.spent_usd == pytest.approx(question().worst_usd())
    claude.says(tool_use("record_it", GOOD))
    ask(question(), again, checked)
    assert [call["cost_usd"] is None for call in recorded_calls(again)] == [True, False]


def test_a_call_that_was_refused_or_never_sent_costs_nothing(claude: ScriptedBedrock) -> None:
    book = ledger()
    claude.fails("ThrottlingException", "slow down", 429)
    claude.breaks(EndpointConnectionError(endpoint_url=URL))
    for error in (ModelThrottledError, ModelUnavailableError):
        with pytest.raises(error, match=HAIKU):
            ask(question(), book, checked)
    assert [call["cost_usd"] for call in recorded_calls(book)] == [0, 0]


@pytest.mark.parametrize(
    ("model_id", "refusals", "ways"),
    [
        (HAIKU, [NO_FORCED_TOOL], ["tool", "auto"]),
        (HAIKU, [NO_FORCED_TOOL_THINKING], ["tool", "auto"]),
        (OLD_HAIKU, [NO_STRUCTURED_OUTPUT], ["structured", "tool"]),
        (OLD_HAIKU, [NO_STRUCTURED_OUTPUT, NO_FORCED_TOOL], ["structured", "tool", "auto"]),
    ],
)
def test_a_way_that_the_model_does_not_take_gives_way_to_the_next_at_no_cost(
    claude: ScriptedBedrock, model_id: str, refusals: list[str], ways: list[str]
) -> None:
    book = ledger()
    for refusal in refusals:
        claude.fails("ValidationException", f"The model returned the following errors: {refusal}")
    claude.says({"text": json.dumps(GOOD)}, stop_reason="end_turn")
    assert ask(question(model_id), book, checked) == "a cup"
    assert choices(claude) == ways
    assert len(recorded_calls(book)) == 1


@pytest.mark.parametrize(
    ("model_id", "code", "message", "named"),
    [
        (HAIKU, "ValidationException", "The image is too large.", InvalidRequestError),
        (HAIKU, "ValidationException", "This model is restricted in your country.", InvalidRequestError),
        (HAIKU, "ThrottlingException", NO_FORCED_TOOL, ModelThrottledError),
        (OPUS, "ValidationException", NO_FORCED_TOOL, InvalidRequestError),
    ],
)
def test_any_other_refusal_is_final(
    claude: ScriptedBedrock, model_id: str, code: str, message: str, named: type[RetakeError]
) -> None:
    claude.fails(code, message)
    with pytest.raises(named):
        ask(question(model_id), ledger(), checked)
    assert len(claude.requests) == 1


def test_a_bad_tool_answer_is_sent_back_as_its_result_with_the_fault(claude: ScriptedBedrock) -> None:
    book = ledger()
    claude.says(thinking(), tool_use("record_it", BAD, "use-7"))
    claude.says(tool_use("record_it", GOOD))
    assert ask(question(), book, checked) == "a cup"

    first, second = claude.requests
    asked, answered, repair = second["messages"]
    assert [asked] == first["messages"]
    assert answered == {"role": "assistant", "content": [thinking(), tool_use("record_it", BAD, "use-7")]}
    (result,) = repair["content"]
    assert repair["role"] == "user"
    assert (result["toolResult"]["toolUseId"], result["toolResult"]["status"]) == ("use-7", "error")
    assert "`it` must be a text" in result["toolResult"]["content"][0]["text"]
    # Both calls are paid for, and the reservation of the second includes the added messages.
    assert [call["cost_usd"] > 0 for call in recorded_calls(book)] == [True, True]
    assert recorded_calls(book)[1]["reserved_usd"] > recorded_calls(book)[0]["reserved_usd"]


def test_every_tool_use_of_an_answer_gets_its_result(claude: ScriptedBedrock) -> None:
    claude.says(tool_use("record_it", BAD, "use-1"), tool_use("other", {}, "use-2"))
    claude.says(tool_use("record_it", GOOD))
    ask(question(), ledger(), checked)
    results = claude.requests[1]["messages"][2]["content"]
    assert [block["toolResult"]["toolUseId"] for block in results] == ["use-1", "use-2"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ([{"text": "A fine picture."}], [{"text": "A fine picture."}]),
        ([], [{"text": "(no answer)"}]),
        # AWS: a blank text is refused as content.
        ([{"text": ""}], [{"text": "(no answer)"}]),
        ([thinking(), {"text": " \n"}], [thinking()]),
    ],
)
def test_an_answer_in_text_is_sent_back_with_a_text(
    claude: ScriptedBedrock, said: list[dict[str, Any]], kept: list[dict[str, Any]]
) -> None:
    claude.says(*said, stop_reason="end_turn")
    claude.says({"text": json.dumps(GOOD)}, stop_reason="end_turn")
    assert ask(question(OPUS), ledger(), checked) == "a cup"
    _, answered, repair = claude.requests[1]["messages"]
    assert answered == {"role": "assistant", "content": kept}
    (block,) = repair["content"]
    assert "it holds no JSON object; call record_it" in block["text"]


def test_after_an_answer_that_was_cut_off_claude_is_asked_to_be_brief(claude: ScriptedBedrock) -> None:
    claude.says(tool_use("record_it", {}), stop_reason="max_tokens")
    claude.says(tool_use("record_it", GOOD))
    ask(question(), ledger(), checked)
    assert "be brief" in json.dumps(claude.requests[1]["messages"][2])


def test_a_second_bad_answer_is_an_error_that_says_what_was_wrong(claude: ScriptedBedrock) -> None:
    book = ledger()
    claude.says(tool_use("record_it", BAD))
    claude.says(tool_use("record_it", BAD))
    with pytest.raises(ModelAnswerError, match=f"^{HAIKU}: no usable verdict: `it` must be a text$"):
        ask(question(), book, checked)
    assert len(recorded_calls(book)) == 2


def test_a_refusal_is_not_argued_with(claude: ScriptedBedrock) -> None:
    claude.says(stop_reason="refusal")
    with pytest.raises(ModelAnswerError, match=f"{HAIKU}: Claude refused to answer.*verdict"):
        ask(question(), ledger(), checked)
    assert len(claude.requests) == 1


def test_a_refusal_of_the_repair_is_the_same_error(claude: ScriptedBedrock) -> None:
    claude.says(tool_use("record_it", BAD))
    claude.says(stop_reason="content_filtered")
    with pytest.raises(ModelAnswerError, match="content_filtered"):
        ask(question(), ledger(), checked)


def test_a_repair_that_could_pass_the_ceiling_is_not_asked_for(claude: ScriptedBedrock) -> None:
    book = ledger(ceiling_usd=question().worst_usd() * 1.01)
    claude.says(tool_use("record_it", BAD), tokens=(900, 400))
    with pytest.raises(CeilingReachedError):
        ask(question(), book, checked)
    assert len(claude.requests) == 1


def test_half_of_a_surrogate_pair_in_an_unusable_answer_is_sent_back_as_a_question_mark(
    claude: ScriptedBedrock,
) -> None:
    claude.says({"text": "no JSON, but \ud83d"}, stop_reason="end_turn")
    claude.says(tool_use("record_it", GOOD))
    assert ask(question(), ledger(), checked) == "a cup"
    assert claude.requests[1]["messages"][1]["content"] == [{"text": "no JSON, but ?"}]


@pytest.mark.parametrize("depth", [50, 150, 400, 900])
def test_an_answer_nested_to_any_depth_has_our_name(monkeypatch: pytest.MonkeyPatch, depth: int) -> None:
    wire, book = ScriptedClaude(), ledger()
    monkeypatch.setattr(converse, "bedrock_for_claude", lambda: wire.client)
    deep: Any = 1
    for _ in range(depth):
        deep = [deep]
    wire.calls("record_it", {"it": deep})
    wire.calls("record_it", {"it": deep})
    with pytest.raises(ModelAnswerError, match=HAIKU):
        ask(question(), book, checked)
    assert book.spent_usd > 0
