"""Every fault of a script, as a boto3 client sees it."""

import base64
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from standin import Options, StandIn, read_faults
from standin.faults import ANSWER_FAULTS, BODY_FAULTS, FAULTS, PAINTER_FAULTS, PICTURE_FAULTS, REPLY_FAULTS
from standin.wire.service_faults import ERROR_FAULTS
from tests.support.harnesses.stand_in_client import (
    CORE,
    OLD_HAIKU,
    ask,
    client,
    data_block,
    invoke,
    pictures,
    titan_body,
    tool_config,
    tool_input,
)

PROMPT = {"prompt": "a red circle above a blue square", "negative_prompt": None}
STATUS = {
    "throttle": ("ThrottlingException", 429),
    "unavailable": ("ServiceUnavailableException", 503),
    "server_error": ("InternalServerException", 500),
    "not_ready": ("ModelNotReadyException", 429),
    "model_timeout": ("ModelTimeoutException", 408),
    "model_error": ("ModelErrorException", 424),
    "quota": ("ServiceQuotaExceededException", 400),
    "access_denied": ("AccessDeniedException", 403),
    "end_of_life": ("ResourceNotFoundException", 404),
    "legacy": ("ResourceNotFoundException", 404),
}


BODIES = {
    "body_empty": rb"",
    "body_html": rb"<html>.*",
    "body_list": rb"\[\{.*\}\]",
    "body_null": rb"null",
    "body_string": rb'"\{.*\}"',
    "body_nan": rb"NaN",
    "body_deep": rb'\{"images": \[{100000}.*',
    "body_half": rb"\{.*[^}]",
    "body_bare": rb"\{\}",
    "body_not_utf8": rb".*\xff\xfe.*",
}
"""The body of an image model's answer, by fault."""
REPLIES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "no_output": lambda reply: "output" not in reply,
    "empty_output": lambda reply: reply["output"] == {},
    "no_stop_reason": lambda reply: "stopReason" not in reply,
    "no_usage": lambda reply: "usage" not in reply,
    "no_input_tokens": lambda reply: "inputTokens" not in reply["usage"] and "outputTokens" in reply["usage"],
}
PICTURES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "image_null": lambda answer: answer["images"] == [None],
    "image_number": lambda answer: answer["images"] == [7],
    "image_bad_base64": lambda answer: len(answer["images"][0]) % 4 == 3,
    "image_zero_bytes": lambda answer: answer["images"] == [""],
    "image_text": lambda answer: base64.b64decode(answer["images"][0]) == b"this is not a picture",
    "image_cut": lambda answer: not base64.b64decode(answer["images"][0]).endswith(b"IEND\xaeB`\x82"),
    "image_bomb": lambda answer: pictures(answer)[0].size == (9_000, 9_000) and len(answer["images"][0]) < 50_000,
    "image_long_text": lambda answer: b"zTXt" in base64.b64decode(answer["images"][0]),
    "no_image": lambda answer: answer["images"] == [],
    "images_number": lambda answer: answer["images"] == 7,
    "extra_images": lambda answer: len(answer["images"]) == 3,
    "unknown_reason": lambda answer: answer["finish_reasons"] == ["SUCCESS"] and len(answer["images"]) == 1,
}


def faulty(fault: str, on: str = "any", **more: Any) -> StandIn:
    """Return a stand-in with one fault rule."""
    return StandIn(Options(error_rate=0, faults=read_faults([{"on": on, "fault": fault, **more}])))


def test_every_fault_is_tested_here() -> None:
    # The filter of input pictures: test_image_services.py and test_titan_edits.py.
    filters = {"filter_prompt", "filter_output", "filter_input"}
    tested = set(STATUS) | {"stall", "drop"} | filters | ANSWER_FAULTS | PAINTER_FAULTS
    assert tested | BODIES.keys() | {"body_cut"} | REPLIES.keys() | PICTURES.keys() == FAULTS
    assert {*BODIES, "body_cut"} == BODY_FAULTS
    assert (set(REPLIES), set(PICTURES)) == (set(REPLY_FAULTS), set(PICTURE_FAULTS))
    assert set(STATUS) == ERROR_FAULTS


@pytest.mark.parametrize("fault", sorted(STATUS))
def test_service_fault_is_the_documented_exception(fault: str) -> None:
    code, status = STATUS[fault]
    with faulty(fault) as bedrock:
        runtime = client(bedrock.url)
        with pytest.raises(ClientError) as image:
            invoke(runtime, titan_body("a red circle"))
        with pytest.raises(ClientError) as claude:
            ask(runtime, "record_requirements", PROMPT)
    for raised in (image, claude):
        assert raised.value.response["Error"]["Code"] == code
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert type(image.value) is getattr(runtime.exceptions, code)
    assert [(call.operation, call.status, call.fault) for call in bedrock.calls] == [
        ("image", status, fault),
        ("requirements", status, fault),
    ]
    assert bedrock.calls.count_paid("image") == 0


def test_drop_is_a_connection_error_after_a_paid_call() -> None:
    with faulty("drop", times=1) as bedrock:
        runtime = client(bedrock.url)
        with pytest.raises(ConnectionClosedError):
            invoke(runtime, titan_body("a red circle"))
        assert invoke(runtime, titan_body("a red circle"))["images"]
    assert [(call.status, call.fault) for call in bedrock.calls] == [(200, "drop"), (200, None)]
    assert bedrock.calls.count_paid("image") == 2


def test_stall_longer_than_the_read_timeout_raises_and_does_not_delay_stop() -> None:
    with faulty("stall", stall_s=60) as bedrock:
        with pytest.raises(ReadTimeoutError):
            ask(client(bedrock.url, read_timeout_s=0.3), "record_requirements", PROMPT)
        stopping_s = time.monotonic()
    assert time.monotonic() - stopping_s < 3
    assert [call.fault for call in bedrock.calls] == ["stall"]


def test_stall_shorter_than_the_read_timeout_is_answered_late() -> None:
    with faulty("stall", stall_s=0.3) as bedrock:
        started_s = time.monotonic()
        assert ask(client(bedrock.url), "record_requirements", PROMPT)["stopReason"] == "tool_use"
    assert time.monotonic() - started_s >= 0.3


def test_filter_prompt_has_the_form_of_each_model_family() -> None:
    with faulty("filter_prompt") as bedrock:
        runtime = client(bedrock.url)
        with pytest.raises(runtime.exceptions.ValidationException, match="blocked by our content filters"):
            invoke(runtime, titan_body("a red circle"))
        assert invoke(runtime, {"prompt": "a"}, CORE) == {"finish_reasons": ["Filter reason: prompt"]}
        assert ask(runtime, "record_requirements", PROMPT)["stopReason"] == "content_filtered"


def test_filter_output_has_the_form_of_each_model_family() -> None:
    with faulty("filter_output") as bedrock:
        runtime = client(bedrock.url)
        titan = invoke(runtime, titan_body("a red circle"))
        core = invoke(runtime, {"prompt": "a red circle", "seed": 3}, CORE)
        assert ask(runtime, "record_requirements", PROMPT)["stopReason"] == "content_filtered"
    assert titan["images"] == []
    assert "blocked by our content filters" in titan["error"]
    assert core == {"seeds": [3], "finish_reasons": ["Filter reason: output image"], "images": []}


@pytest.mark.parametrize("fault", sorted(BODIES))
def test_a_malformed_body_comes_with_http_200_and_is_paid(fault: str) -> None:
    with faulty(fault) as bedrock:
        body = (
            client(bedrock.url).invoke_model(modelId=CORE, body=json.dumps({"prompt": "a red circle"}))["body"].read()
        )
    assert re.fullmatch(BODIES[fault], body, re.DOTALL)
    assert bedrock.calls.count_paid("image") == 1


def test_a_body_that_is_cut_off_is_shorter_than_its_length() -> None:
    with faulty("body_cut") as bedrock:
        answer = client(bedrock.url).invoke_model(modelId=CORE, body=json.dumps({"prompt": "a red circle"}))
        with pytest.raises((IncompleteReadError, ResponseStreamingError)):
            answer["body"].read()
    assert bedrock.calls.count_paid("image") == 1


@pytest.mark.parametrize("fault", sorted(PICTURES))
def test_a_malformed_picture_spoils_the_answer_of_the_image_model_only(fault: str) -> None:
    with faulty(fault) as bedrock:
        runtime = client(bedrock.url)
        assert PICTURES[fault](invoke(runtime, {"prompt": "a red circle"}, CORE))
        assert ask(runtime, "record_requirements", PROMPT)["stopReason"] == "tool_use"


@pytest.mark.parametrize("fault", sorted(REPLIES))
def test_a_malformed_reply_spoils_the_answer_of_claude_only(fault: str) -> None:
    with faulty(fault) as bedrock:
        sent = ask_raw(bedrock)
        assert invoke(client(bedrock.url), titan_body("a red circle"))["images"]
    assert REPLIES[fault](sent)


def ask_raw(bedrock: StandIn) -> dict[str, Any]:
    """Return the body of Claude's answer as it is sent; botocore would refuse to parse some of them."""
    request = {
        "messages": [{"role": "user", "content": [data_block(PROMPT)]}],
        "toolConfig": tool_config("record_requirements"),
    }
    answer = bedrock.answer(OLD_HAIKU, "converse", json.dumps(request).encode())
    assert answer is not None and isinstance(answer.body, dict)
    return answer.body


def answer_with(fault: str, **settings: Any) -> tuple[list[dict[str, Any]], str]:
    """Return the content and the stop reason of Claude's answer with one fault."""
    with faulty(fault, on="requirements") as bedrock:
        answer = ask(client(bedrock.url), "record_requirements", PROMPT, **settings)
    return answer["output"]["message"]["content"], answer["stopReason"]


def test_refusal_and_empty_have_no_content() -> None:
    assert answer_with("refusal") == ([], "refusal")
    assert answer_with("empty") == ([], "end_turn")


def test_prose_and_fence_wrap_the_whole_answer() -> None:
    prose, stop_reason = answer_with("prose")
    assert stop_reason == "end_turn"
    text = prose[0]["text"]
    assert not text.startswith("{")
    assert json.loads(text[text.index("{") : text.rindex("}") + 1])["language"] == "en"
    fence, _ = answer_with("fence")
    assert fence[0]["text"].startswith("```json\n{")
    assert json.loads(fence[0]["text"].strip("`").removeprefix("json"))["language"] == "en"


def test_rubbish_holds_no_json() -> None:
    content, stop_reason = answer_with("rubbish")
    assert stop_reason == "end_turn"
    with pytest.raises(ValueError, match=r"Expecting|Extra"):
        json.loads(content[0]["text"][content[0]["text"].index("{") :])


def test_max_tokens_cuts_the_answer() -> None:
    content, stop_reason = answer_with("max_tokens")
    assert stop_reason == "max_tokens"
    assert content[0]["toolUse"]["input"] == {}


def test_paint_wrong_fails_the_judge_and_paint_right_does_not() -> None:
    rules = [{"on": "image", "fault": "paint_wrong", "times": 3}, {"on": "image", "fault": "paint_right"}]
    # With an error rate of 1 everything is painted wrong, except with paint_right.
    with StandIn(Options(error_rate=1, faults=read_faults(rules))) as bedrock:
        runtime = client(bedrock.url)
        requirements = tool_input(ask(runtime, "record_requirements", PROMPT))["requirements"]
        verdicts = []
        for seed in range(6):
            picture = pictures(invoke(runtime, titan_body(PROMPT["prompt"] or "", seed=seed)))[0]
            data = {"candidates": 1, "requirements": requirements}
            judged = tool_input(ask(runtime, "record_verdict", data, (_bytes(picture),), modelId=OLD_HAIKU))
            verdicts.append(all(check["met"] for check in judged["checks"]))
    assert verdicts == [False] * 3 + [True] * 3


def _bytes(picture: Any) -> bytes:
    picture.fp.seek(0)
    data: bytes = picture.fp.read()
    return data
