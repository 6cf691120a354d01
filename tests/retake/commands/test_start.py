"""`retake start`: a run on a deployed stack, for which `retake serve` stands in. It prints the same as a local run."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from standin import Options, StandIn
from tests.support.harnesses.bedrock_endpoint import bedrock_environment
from tests.support.harnesses.command import ROOT, Done, Retake
from tests.support.harnesses.served_stack import ServedStack

CIRCLE = "A red circle on a white background"
_SECONDS = re.compile(r"\d+\.\d s")


@pytest.fixture(scope="module")
def bedrock() -> Iterator[StandIn]:
    """A stand-in that both the stack and local runs call. A picture takes a second."""
    with StandIn(Options(image_latency_s=1, picture_side_px=512)) as bedrock:
        yield bedrock


def run_start(retake: Retake, stack: ServedStack, event: str, *options: str) -> Done:
    """Run `retake start EVENT --stack Retake` in a process, to its end."""
    return retake.run_process("start", event, "--stack", "Retake", *options, environment=stack.environment)


def normalized_lines(stderr: str, folder: str) -> list[str]:
    """Return the lines without what differs between runs: the seconds and the folder."""
    return [_SECONDS.sub("N s", line).replace(folder, "FOLDER") for line in stderr.splitlines()]


def test_start_when_accepted_then_it_prints_the_same_as_a_local_run(
    retake: Retake, stack: ServedStack, bedrock: StandIn
) -> None:
    event = json.loads((ROOT / "events/aurora-ja.json").read_bytes())
    name = retake.event(**event, run_id="aurora")

    here = retake.run_process("run", name, "--bedrock", "aws", environment=bedrock_environment(bedrock))
    there = run_start(retake, stack, name)

    assert (here.code, there.code) == (0, 0), there.stderr
    folder = f"{stack.bucket}/generated-images/aurora"
    assert there.stdout == f"{folder}/report.html\n"
    first, *rest = normalized_lines(there.stderr, folder)
    assert first == f"started  {stack.executions('RETAKE_LOOP')[0]}"
    assert rest == normalized_lines(here.stderr, "out/aurora")
    assert any("a02" in line for line in rest)
    assert not retake.refused_hosts.exists()


def test_start_when_an_event_of_2024_names_a_bucket_in_the_settings_then_it_runs_unchanged(
    retake: Retake, stack: ServedStack, bedrock: StandIn
) -> None:
    event = ROOT / "events/2024/aurora-ja.json"

    done = run_start(retake, stack, str(event), "--json")

    assert done.code == 0, done.stderr
    assert done.result["image"]["bucket"] == "ho2k.com"
    assert "titan_img_cfg_scale was left out: Stable Image Core 1.0 has no such parameter" in done.result["warnings"]


def test_start_when_the_run_id_was_used_before_then_it_shows_what_is_reused(
    retake: Retake, stack: ServedStack, bedrock: StandIn
) -> None:
    name = retake.event(prompt=CIRCLE, run_id="again", titan_img_seed=1)
    first = run_start(retake, stack, name, "--json")
    calls = len(bedrock.calls)

    second = run_start(retake, stack, name, "--json")

    assert (first.code, second.code) == (0, 0), second.stderr
    assert len(bedrock.calls) == calls
    assert second.result == stack.read_json("generated-images/again/result.json")
    reused = [line for line in second.stderr.splitlines() if "reused" in line]
    assert [line.split("  ")[0] for line in reused] == [
        "2 requirements (reused): a red circle; a white background",
        "r00 a01",
    ], second.stderr
    assert "reused" not in first.stderr


def test_start_when_not_accepted_then_exit_1_with_the_result(retake: Retake, stack: ServedStack) -> None:
    name = retake.event(prompt="forbidden", max_prompt_revisions=0, max_retry_attempts=1)

    done = run_start(retake, stack, name, "--json")

    assert (done.code, done.result["status"]) == (1, "BLOCKED"), done.stderr
    assert "BLOCKED" in done.stderr
    assert done.errors == []


def test_start_when_the_event_cannot_be_run_anywhere_then_nothing_is_started(
    retake: Retake, stack: ServedStack
) -> None:
    before = stack.executions("RETAKE_LOOP")

    done = run_start(retake, stack, retake.event(prompt=CIRCLE, max_retry_attempts=0))

    assert (done.code, done.stdout) == (2, "")
    assert done.errors[0].startswith("retake: error: event.json: max_retry_attempts: ")
    assert stack.executions("RETAKE_LOOP") == before


def test_start_when_only_the_deployment_refuses_it_then_exit_2_with_its_message(
    retake: Retake, stack: ServedStack
) -> None:
    # Only the deployment knows its other buckets.
    done = run_start(
        retake, stack, retake.event(prompt=CIRCLE, output_s3_bucket_name="another-bucket", titan_img_seed=0)
    )

    assert (done.code, done.stdout) == (2, "")
    assert done.errors[0].startswith("retake: error: event.json: output_s3_bucket_name: ")
    assert done.stderr.startswith("started  ")


def test_start_when_interrupted_then_the_run_continues_and_the_command_says_how_to_stop_it(
    retake: Retake, stack: ServedStack
) -> None:
    name = retake.event(prompt=CIRCLE, titan_img_seed=1)
    process = retake.start("start", name, "--stack", "Retake", environment=stack.environment)
    assert process.stderr is not None
    execution = process.stderr.readline().decode().split()[1]

    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout) == (130, b"")
    assert (
        f"stop it    retake stop {execution.rpartition(':')[2]} --stack Retake --region us-east-1\n" in stderr.decode()
    )
    assert "Traceback" not in stderr.decode()
    (again,) = re.findall(r"^follow it  retake (.*)$", stderr.decode(), re.MULTILINE)
    followed = retake.run_process(*again.split(), environment=stack.environment)
    assert (followed.code, followed.stdout.rpartition("/")[2]) == (0, "report.html\n"), followed.stderr
    assert any(line.startswith("r00 a01  seed 1  ") for line in followed.stderr.splitlines())
    assert followed.stdout.split("/")[-2] == execution.rpartition(":")[2]


@pytest.mark.parametrize("command", ["follow", "stop"])
def test_execution_when_the_name_is_unknown_then_one_line_says_so(
    command: str, retake: Retake, stack: ServedStack
) -> None:
    done = retake.run_process(command, "nobody", "--stack", "Retake", environment=stack.environment)

    assert (done.code, done.stdout) == (2, "")
    assert "the stack 'Retake' in us-east-1 has no execution 'nobody'" in done.errors[0]


def test_start_when_the_execution_is_stopped_then_it_says_so(retake: Retake, stack: ServedStack) -> None:
    name = retake.event(prompt=CIRCLE, titan_img_seed=1)
    process = retake.start("start", name, "--stack", "Retake", environment=stack.environment)
    assert process.stderr is not None
    execution = process.stderr.readline().decode().split()[1]

    stopped = retake("stop", execution, "--stack", "Retake", environment=stack.environment)
    stdout, stderr = process.communicate(timeout=60)
    again = retake("stop", execution.rpartition(":")[2], "--stack", "Retake", environment=stack.environment)

    assert (process.returncode, stdout) == (3, b"")
    assert b"the execution was stopped" in stderr
    assert (stopped.code, stopped.stdout, stopped.stderr.splitlines()[0]) == (0, "", f"stopped  {execution}")
    assert (again.code, again.stderr) == (0, "already ended: ABORTED\n")


@pytest.mark.parametrize(
    ("options", "missing", "code", "message"),
    [
        (("--stack", "Nope"), (), 2, "there is no stack 'Nope' in us-east-1; give its name with --stack"),
        (("--stack", "Nope", "--region", "eu-north-1"), (), 2, "there is no stack 'Nope' in eu-north-1"),
        (("--stack", "Retake"), ("AWS_DEFAULT_REGION",), 2, "no AWS Region: give --region"),
        (("--stack", "Retake"), ("AWS_ACCESS_KEY_ID",), 3, "boto3 finds no AWS credentials: run `aws configure`"),
        ((), (), 2, "--stack"),
    ],
)
def test_start_when_the_stack_cannot_be_reached_then_one_line_gives_the_reason(
    options: tuple[str, ...], missing: tuple[str, ...], code: int, message: str, retake: Retake, stack: ServedStack
) -> None:
    environment: dict[str, Any] = {**stack.environment, "AWS_EC2_METADATA_DISABLED": "true"}
    for name in missing:
        del environment[name]

    done = retake.run_process("start", retake.event(prompt=CIRCLE), *options, environment=environment)

    assert (done.code, done.stdout) == (code, "")
    assert len(done.errors) == 1
    assert message in done.errors[0]


def test_start_when_it_runs_then_moto_is_not_imported(retake: Retake, stack: ServedStack, tmp_path: Path) -> None:
    script = tmp_path / "imported.py"
    script.write_text(
        "import sys\nfrom retake.cli import main\n"
        "try:\n    main()\nfinally:\n    print(sorted(m for m in sys.modules if m.split('.')[0] == 'moto'))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), "start", retake.event(prompt="forbidden"), "--stack", "Nope"],
        cwd=retake.folder,
        env={**retake.environment, **stack.environment},
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.stdout == b"[]\n", done.stderr
