"""`retake batch --stack`: a batch on a deployed stack, for which `retake serve` stands in."""

import json
import re
import signal
from collections.abc import Iterator

import pytest

from standin import Options, StandIn
from tests.support.harnesses.bedrock_endpoint import answered_calls
from tests.support.harnesses.command import Done, Retake
from tests.support.harnesses.served_stack import ServedStack

RED = {"id": "red", "prompt": "a red circle"}
BLUE = {"id": "blue", "prompt": "a blue square"}
NEVER = {"id": "never", "prompt": "forbidden", "max_prompt_revisions": 0, "max_retry_attempts": 1}


@pytest.fixture(scope="module")
def bedrock() -> Iterator[StandIn]:
    """A stand-in whose painter makes no mistakes."""
    with StandIn(Options(image_latency_s=0.5, picture_side_px=256, error_rate=0)) as bedrock:
        yield bedrock


def run_batch(retake: Retake, stack: ServedStack, name: str, *options: str) -> Done:
    """Run `retake batch MANIFEST --stack Retake` in a process, to its end."""
    return retake.run_process("batch", name, "--stack", "Retake", *options, environment=stack.environment)


def progress_counts(stderr: str) -> list[tuple[int, ...]]:
    """Return the counts in the progress lines: ended, all, accepted, not accepted."""
    found = re.findall(r"^(\d+) of (\d+), (\d+) accepted, (\d+) not, \$", stderr, re.MULTILINE)
    return [tuple(map(int, numbers)) for numbers in found]


def test_batch_when_some_lines_fail_then_the_corrected_file_runs_only_them(
    retake: Retake, stack: ServedStack, bedrock: StandIn
) -> None:
    name = retake.manifest([RED, BLUE, NEVER, {"id": "bad", "prompt": "x", "max_retry_attempts": 0}], "März +1.jsonl")
    first = run_batch(retake, stack, name)
    before = answered_calls(bedrock)["image"]
    retake.manifest([RED, BLUE, {**NEVER, "prompt": "a green star"}], name)

    second = run_batch(retake, stack, name, "--json")

    results = first.stdout.strip()
    assert first.code == 1, first.stderr
    assert re.fullmatch(rf"{stack.bucket}/batch/Marz-1-[0-9a-f]{{8}}/results.csv", results)
    assert "4 lines: 3 items, 1 rejected, 0 skipped as duplicates" in first.stderr
    assert f"results  {results}" in first.stderr
    assert progress_counts(first.stderr)[-1] == (3, 3, 2, 1)
    assert (second.code, second.result["accepted"]) == (0, 3), second.stderr
    assert second.result == stack.read_json(f"batch/{second.result['batch_id']}/summary.json")
    assert re.findall(r"^\d lines: .* rejected", second.stderr, re.MULTILINE) == ["3 lines: 3 items, 0 rejected"]
    # Items that were accepted before count as ended, and are not paid for again.
    assert progress_counts(second.stderr)[-1] == (3, 3, 3, 0)
    assert answered_calls(bedrock)["image"] == before + 1
    # The command uploads outside `batches/`, so the trigger starts no second execution.
    assert len(stack.executions("RETAKE_BATCH")) == 2
    assert not retake.refused_hosts.exists()


def test_batch_when_the_command_line_gives_a_concurrency_then_it_applies_to_that_start_only(
    retake: Retake, stack: ServedStack
) -> None:
    name = retake.manifest([RED, BLUE], "narrow.jsonl")
    (retake.folder / "narrow.defaults.json").write_text('{"titan_img_number_of_images": 2}')

    first = run_batch(retake, stack, name, "--max-concurrency", "1", "--json")
    narrow = stack.read_json(f"batch/{first.result['batch_id']}/plan/plan.json")
    (retake.folder / "narrow.defaults.json").unlink()
    second = run_batch(retake, stack, name, "--json")
    wide = stack.read_json(f"batch/{first.result['batch_id']}/plan/plan.json")

    assert (first.code, second.code) == (0, 0), second.stderr
    assert (narrow["batch"]["max_concurrency"], wide["batch"]["max_concurrency"]) == (1, 2)
    assert stack.read_json("batch/manifests/narrow.defaults.json") == {}


def test_batch_when_no_line_can_run_then_exit_2_with_the_message_of_plan(retake: Retake, stack: ServedStack) -> None:
    done = run_batch(retake, stack, retake.manifest([{"prompt": 7}], "bad.jsonl"))

    assert (done.code, done.stdout) == (2, "")
    assert re.search(rf"^rejected ({stack.bucket}/batch/bad-[0-9a-f]{{8}}/rejected.jsonl)$", done.stderr, re.MULTILINE)
    assert done.errors == [
        "retake: error: bad.jsonl: manifest: no line can be run (line 1: prompt: 7 is not a text; give a string in "
        "quotes)",
    ]


def test_batch_when_interrupted_then_it_continues_and_the_command_says_how_to_stop_it(
    retake: Retake, stack: ServedStack
) -> None:
    name = retake.manifest([{"id": f"item-{place}", "prompt": "a red circle"} for place in range(4)], "left.jsonl")
    process = retake.start("batch", name, "--stack", "Retake", "--max-concurrency", "1", environment=stack.environment)
    assert process.stderr is not None
    execution = process.stderr.readline().decode().split()[1]

    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout) == (130, b"")
    assert (
        f"stop it    retake stop {execution.rpartition(':')[2]} --stack Retake --region us-east-1\n" in stderr.decode()
    )
    (again,) = re.findall(r"^follow it  retake (.*)$", stderr.decode(), re.MULTILINE)
    followed = retake.run_process(*again.split(), "--json", environment=stack.environment)
    assert (followed.code, followed.result["accepted"]) == (0, 4), followed.stderr
    assert followed.result["execution"] == execution
    assert progress_counts(followed.stderr)[-1] == (4, 4, 4, 0)


def test_follow_when_the_trigger_started_the_batch_then_it_is_followed_as_well(
    retake: Retake, stack: ServedStack
) -> None:
    before = set(stack.executions("RETAKE_BATCH"))
    stack.upload(json.dumps(RED), "batches/dropped.jsonl")
    stack.wait_for(lambda: set(stack.executions("RETAKE_BATCH")) != before)
    (execution,) = set(stack.executions("RETAKE_BATCH")) - before

    done = retake.run_process("follow", execution, "--stack", "Retake", environment=stack.environment)

    assert done.code == 0, done.stderr
    assert re.fullmatch(rf"{stack.bucket}/batch/dropped-[0-9a-f]{{8}}/results.csv\n", done.stdout)
    assert progress_counts(done.stderr)[-1] == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        (("--stack", "Retake", "--out", "out"), {}, "--out: a stack keeps its records in its bucket"),
        (("--stack", "Retake", "--bedrock", "aws"), {}, "--bedrock: a stack calls the models in its own settings"),
        (("--stack", "Retake", "--faults", "x"), {}, "--faults (or RETAKE_FAULTS): "),
        (("--stack", "Retake"), {"RETAKE_FAULTS": "x"}, "--faults (or RETAKE_FAULTS): "),
        (("--region", "us-east-1"), {}, "--region: needs --stack NAME"),
        (("--stack", "Nope"), {}, "there is no stack 'Nope' in us-east-1"),
    ],
)
def test_batch_when_options_exclude_each_other_then_one_line_names_the_fix(
    options: tuple[str, ...], environment: dict[str, str], message: str, retake: Retake, stack: ServedStack
) -> None:
    name = retake.manifest([RED])

    done = retake.run_process("batch", name, *options, environment={**stack.environment, **environment})

    assert (done.code, done.stdout) == (2, "")
    assert len(done.errors) == 1
    assert message in done.errors[0]
