"""Ctrl-C keeps the pictures and readable records, and the same run id resumes from them without paying twice."""

import json
import os
import select
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from standin import Options, StandIn, read_faults
from tests.support.harnesses.bedrock_endpoint import answered_calls, bedrock_environment
from tests.support.harnesses.command import Retake, end_by_signal, wait_for_file

CIRCLE = "A red circle on a white background"


@pytest.fixture
def slow_bedrock() -> Iterator[StandIn]:
    """A Bedrock whose pictures take a second and whose first two are wrong."""
    faults = read_faults([{"on": "image", "fault": "paint_wrong", "times": 2}, {"on": "image", "fault": "paint_right"}])
    with StandIn(Options(image_latency_s=1, faults=faults)) as bedrock:
        yield bedrock


def test_run_when_interrupted_and_started_again_then_nothing_is_paid_twice(
    retake: Retake, slow_bedrock: StandIn
) -> None:
    event = retake.event(prompt=CIRCLE, run_id="again")
    folder = retake.folder / "out/again"
    arguments, environment = ("run", event, "--bedrock", "aws"), bedrock_environment(slow_bedrock)

    process = retake.start(*arguments, environment=environment)
    wait_for_file(folder / "r00/a01/verdict.json")
    ended = end_by_signal(process)

    assert ended.code == 130, ended.stderr
    assert ended.stdout == "out/again/report.html\n"
    result: dict[str, Any] = json.loads((folder / "result.json").read_bytes())
    assert (result["status"], result["error"]) == ("ERROR", "Interrupted")
    assert result["image"]["key"].endswith("/again/r00/a01/image-1.png")
    assert (folder / "report.html").stat().st_size > 0
    lines = ended.stderr.splitlines()
    assert "INTERRUPTED  What was made so far is kept." in lines
    assert lines[-1] == "next     start again with --run-id again (a field of the event, too); what was kept is reused"
    # The picture in flight was paid for, so the command waited for it and kept it.
    pictures = slow_bedrock.calls.count_paid("image")
    assert len(list(folder.glob("r00/a*/image-1.png"))) == pictures == result["images"]

    done = retake.run_process(*arguments, "--json", environment=environment)

    assert done.code == 0, done.stderr
    assert done.result["attempts"] == 3
    assert answered_calls(slow_bedrock) == {"requirements": 1, "image": 3, "verdict": 3, "prompt": 0}
    assert not retake.refused_hosts.exists()
    lines = done.stderr.splitlines()
    assert lines[0].startswith("resumed: ")
    assert lines[1] == "2 requirements (reused): a red circle; a white background"
    assert lines[2].startswith("r00 a01  seed ")
    assert "  reused  NO 1/2  missing: a red circle" in lines[2]


def test_accepted_run_when_started_again_then_it_costs_nothing(retake: Retake, slow_bedrock: StandIn) -> None:
    event = retake.event(prompt=CIRCLE, run_id="whole")
    arguments, environment = ("run", event, "--bedrock", "aws", "--json"), bedrock_environment(slow_bedrock)
    first = retake(*arguments, environment=environment)
    calls = len(slow_bedrock.calls)

    second = retake(*arguments, environment=environment)

    assert (first.code, second.code) == (0, 0)
    assert len(slow_bedrock.calls) == calls
    fields = ("status", "image", "verdict", "attempts", "images")
    assert {name: second.result[name] for name in fields} == {name: first.result[name] for name in fields}
    assert second.result["cost"]["total_usd"] == first.result["cost"]["total_usd"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_run_when_terminated_then_its_record_is_as_after_ctrl_c(name: str, retake: Retake) -> None:
    faults = retake.faults({"on": "image", "fault": "stall", "stall_s": 2})
    process = retake.start("run", retake.event(prompt=CIRCLE, run_id="ended"), *faults, "--json")
    wait_for_file(retake.folder / "out/ended/r00/prompt.json")

    ended = end_by_signal(process, getattr(signal, name))

    assert ended.code == 130
    assert json.loads(ended.stdout)["error"] == "Interrupted"


def test_run_when_interrupted_twice_then_it_exits_at_once(retake: Retake) -> None:
    faults = retake.faults({"on": "image", "fault": "stall", "stall_s": 600})  # Longer than a test waits for a process.
    process = retake.start("run", retake.event(prompt=CIRCLE, run_id="left"), *faults)
    wait_for_file(retake.folder / "out/left/ledger/r00-a01-image.json")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    first = next(line for line in process.stderr if b"stopping after the call in flight" in line)
    assert process.poll() is None

    ended = end_by_signal(process)

    assert (ended.code, ended.stdout) == (130, "")
    assert first
    assert (retake.folder / "out/left/request.json").exists()


def test_run_when_interrupted_before_it_starts_then_it_says_that_nothing_was_paid_and_returns_130(
    retake: Retake,
) -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, b"{")
    process = retake.start("run", "-", stdin=read_end)
    while select.select([read_end], [], [], 0)[0]:
        time.sleep(0.05)  # Until the command has read the first byte and waits for more.

    ended = end_by_signal(process)
    os.close(read_end)
    os.close(write_end)

    assert (ended.code, ended.stdout) == (130, "")
    assert ended.stderr == "interrupted before the run started; nothing was paid\n"


def test_run_when_started_to_ignore_hangups_then_it_continues(retake: Retake) -> None:
    faults = retake.faults({"on": "image", "fault": "paint_right"})
    process = retake.start(
        "run",
        retake.event(prompt=CIRCLE, run_id="nohup"),
        *faults,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    wait_for_file(retake.folder / "out/nohup/request.json")

    ended = end_by_signal(process, signal.SIGHUP)

    assert ended.code == 0, ended.stderr
