"""`retake list`, `show` and `open` with --stack, on a stack with a run, a failed run and a batch."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from standin import Options, StandIn
from tests.support.harnesses.bedrock_endpoint import bedrock_environment
from tests.support.harnesses.command import Done, Retake
from tests.support.harnesses.served_stack import ServedStack, serving

CIRCLE = "A red circle on a white background"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    """A stack on which a run was accepted, then one was blocked, then a batch of two items ended."""
    with (
        StandIn(Options(picture_side_px=512, error_rate=0.0)) as bedrock,
        serving(
            tmp_path_factory.mktemp("stack"), "--bedrock", "aws", environment=bedrock_environment(bedrock)
        ) as server,
    ):
        for event in (
            {"prompt": CIRCLE, "run_id": "circle", "titan_img_seed": 1},
            {"prompt": "forbidden", "run_id": "blocked", "max_prompt_revisions": 0, "max_retry_attempts": 1},
        ):
            arn = server.environment["RETAKE_LOOP"]
            found = server.client("stepfunctions").start_execution(
                stateMachineArn=arn, name=f"start-{event['run_id']}", input=json.dumps(event)
            )
            server.wait_for_end(found["executionArn"])
        lines = [
            {"id": "moon", "prompt": CIRCLE, "titan_img_seed": 1},
            {"id": "bad", "prompt": "forbidden", "max_prompt_revisions": 0},
        ]
        server.upload("".join(json.dumps(line) + "\n" for line in lines), "batches/posters.jsonl")
        server.wait_for(lambda: bool(server.executions("RETAKE_BATCH")))
        server.wait_for_end(server.executions("RETAKE_BATCH")[0])
        yield server


def run(retake: Retake, stack: ServedStack, *arguments: str) -> Done:
    """Run a command against the stack."""
    return retake(*arguments, "--stack", "Retake", environment={**stack.environment, "COLUMNS": "200"})


def rows(retake: Retake, stack: ServedStack, *options: str) -> list[dict[str, Any]]:
    """Return what `retake list --stack --json` prints."""
    done = run(retake, stack, "list", "--json", *options)
    assert (done.code, done.errors) == (0, []), done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def test_list_when_on_a_stack_then_the_newest_executions_are_rows(retake: Retake, stack: ServedStack) -> None:
    found = rows(retake, stack)

    assert [(row["kind"], row["status"]) for row in found] == [
        ("batch", "NOT_ALL_ACCEPTED"),
        ("run", "BLOCKED"),
        ("run", "ACCEPTED"),
    ]
    assert found[0]["id"].startswith("posters-")
    assert (found[0]["counts"]["accepted"], found[0]["counts"]["items"]) == (1, 2)
    assert (found[2]["id"], found[2]["prompt"], found[2]["attempts"]) == ("circle", CIRCLE, 1)
    assert found[2]["folder"] == f"{stack.bucket}/generated-images/circle"
    assert found[2]["cost_usd"] == stack.read_json("generated-images/circle/result.json")["cost"]["total_usd"]
    table = run(retake, stack, "list", "--limit", "1")
    assert [line.split()[2] for line in table.stdout.splitlines()[1:]] == ["NOT_ALL_ACCEPTED"]
    assert "older executions are not shown" in table.stderr


def test_list_when_a_batch_is_named_then_its_items_are_read_from_its_results(
    retake: Retake, stack: ServedStack
) -> None:
    batch_id = rows(retake, stack)[0]["id"]

    items = {row["id"]: row["status"] for row in rows(retake, stack, "--batch", "posters")}

    assert items == {f"{batch_id}--moon": "ACCEPTED", f"{batch_id}--bad": "BLOCKED"}
    assert run(retake, stack, "list", "--batch", "circle").code == 2


@pytest.mark.parametrize("name", ["circle", "start-circle", "circ"])
def test_show_when_on_a_stack_then_a_run_is_found_by_its_id_execution_or_beginning(
    name: str, retake: Retake, stack: ServedStack
) -> None:
    done = run(retake, stack, "show", name)

    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("run      circle  20")
    assert lines[1] == f"prompt   {CIRCLE}"
    assert any(line.startswith("r00 a01  seed 1  ") and "YES" in line for line in lines)
    assert f"report   {stack.bucket}/generated-images/circle/report.html" in lines


def test_show_when_on_a_stack_then_last_is_the_batch_and_its_beginning_is_not_an_item(
    retake: Retake, stack: ServedStack
) -> None:
    last, named = run(retake, stack, "show", "last"), run(retake, stack, "show", "post")

    assert (last.code, last.stdout) == (0, named.stdout)
    assert last.stdout.startswith("batch    posters-")
    assert any(line.startswith("bad  BLOCKED") for line in last.stdout.splitlines())
    item = run(retake, stack, "show", f"{last.stdout.split()[1]}--mo", "--json")
    assert item.result["result"]["status"] == "ACCEPTED"


@pytest.mark.parametrize(
    ("name", "message"),
    [("circel", ""), ("start-circel", "did you mean start-circle?"), ("../batch", ""), ("a/b", ""), ("", "")],
)
def test_show_when_on_a_stack_and_unknown_then_exit_2(
    name: str, message: str, retake: Retake, stack: ServedStack
) -> None:
    done = run(retake, stack, "show", name)

    assert (done.code, done.stdout) == (2, "")
    assert "holds no run or batch" in done.errors[0]
    assert message in done.errors[0]


def test_show_when_on_a_stack_then_no_folder_is_made_here(retake: Retake, stack: ServedStack) -> None:
    assert run(retake, stack, "show", "circle").code == 0
    assert list(retake.folder.iterdir()) == []
