"""The server: paths, latency, parallel calls, the call log, and the command line."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from standin import Call, Options, StandIn
from standin.__main__ import main
from tests.support.harnesses.stand_in_client import HAIKU, TITAN, ask, client, invoke, pictures, titan_body

PROMPT = {"prompt": "a red circle", "negative_prompt": None}


def test_call_log_has_the_calls_in_order_with_decoded_model_ids() -> None:
    with StandIn(Options(error_rate=0)) as bedrock:
        runtime = client(bedrock.url)
        invoke(runtime, titan_body("a red circle"))
        ask(runtime, "record_requirements", PROMPT)
        ask(runtime, "record_verdict", {"candidates": 0, "requirements": []})
        ask(runtime, "record_prompt", {"original_prompt": "a"})
        ask(runtime, "record_coverage", {"prompt": "a", "requirements": []})
        ask(runtime, "something_else", {})
        with pytest.raises(runtime.exceptions.ValidationException):
            invoke(runtime, {})
    operations = ["requirements", "verdict", "prompt", "coverage", "other"]
    assert list(bedrock.calls) == [
        Call("image", TITAN, 200),
        *(Call(operation, HAIKU, 200) for operation in operations),
        Call("image", TITAN, 400),
    ]
    assert bedrock.calls.count_paid("image") == 1


def test_a_defect_of_the_stand_in_is_an_internal_error(runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("lıghthouse")

    monkeypatch.setattr("standin.wire.image_api.invoke", fail)
    with pytest.raises(runtime.exceptions.InternalServerException, match="The stand-in failed: KeyError"):
        invoke(runtime, titan_body("a red circle"))


def test_unknown_question_is_answered_in_text(runtime: Any) -> None:
    content = ask(runtime, "something_else", {})["output"]["message"]["content"]
    assert "stand-in" in content[0]["text"]


@pytest.mark.parametrize("path", ["/", "/model/x", "/model/x/converse-stream", "/model/a/b/invoke"])
def test_path_when_unknown_then_404(stand_in: StandIn, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(stand_in.url + path, data=b"{}", method="POST"))
    assert refused.value.code == 404
    refused.value.close()


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b'{"messages": 5}', b'{"messages": [5]}'])
@pytest.mark.parametrize("action", ["invoke", "converse"])
def test_body_when_not_a_request_then_400(stand_in: StandIn, body: bytes, action: str) -> None:
    model_id = TITAN if action == "invoke" else HAIKU
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{stand_in.url}/model/{model_id}/{action}", data=body, method="POST"))
    assert refused.value.code == 400
    refused.value.close()


def test_latency_is_added_to_image_and_claude_calls() -> None:
    with StandIn(Options(error_rate=0, image_latency_s=0.4, claude_latency_s=0.2)) as bedrock:
        runtime = client(bedrock.url)
        started_s = time.monotonic()
        invoke(runtime, titan_body("a red circle"))
        image_s = time.monotonic() - started_s
        answer = ask(runtime, "record_requirements", PROMPT)
        claude_s = time.monotonic() - started_s - image_s
    assert 0.4 <= image_s < 1.4
    assert 0.2 <= claude_s < 1.2
    assert answer["metrics"]["latencyMs"] >= 200


def test_parallel_calls_are_answered_in_parallel() -> None:
    with StandIn(Options(error_rate=0, claude_latency_s=0.3)) as bedrock:
        runtime = client(bedrock.url)
        started_s = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: ask(runtime, "record_requirements", PROMPT)["stopReason"], range(8)))
        took_s = time.monotonic() - started_s
    assert answers == ["tool_use"] * 8
    assert took_s < 8 * 0.3
    assert bedrock.calls.count_paid("requirements") == 8


def test_picture_side_px_limits_the_longest_side() -> None:
    with StandIn(Options(error_rate=0, picture_side_px=128)) as bedrock:
        answer = invoke(client(bedrock.url), titan_body("a red circle", width=1152, height=768))
    assert pictures(answer)[0].size == (128, 85)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"image_latency_s": -1}, "image_latency_s: -1"),
        ({"error_rate": 1.5}, "error_rate: 1.5"),
        ({"picture_side_px": 5}, "picture_side_px: 5"),
    ],
)
def test_options_when_out_of_range_then_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Options(**options)


def test_url_when_not_running_then_raises() -> None:
    stand_in = StandIn()
    with pytest.raises(RuntimeError, match="not running"):
        _ = stand_in.url


def test_command_line_serves_and_prints_its_url() -> None:
    command = [sys.executable, "-m", "standin", "--error-rate", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert invoke(client(line.strip().rsplit("=", 1)[1]), titan_body("a red circle"))["images"]
        finally:
            process.terminate()
    assert "no AI" in line


def test_command_line_when_faults_are_invalid_then_one_line_and_exit_code_2(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('[{"on": "moon"}]')
    with pytest.raises(SystemExit) as exit_info:
        main(["--faults", str(faults)])
    assert exit_info.value.code == 2
    assert "fault rule 1, on: 'moon'" in capsys.readouterr().err.splitlines()[-1]
