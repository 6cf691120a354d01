"""`retake list`, `show` and `open` with --stack, on a stack with a run, a failed run and a batch."""

import hashlib
import html
import json
import re
import shutil
import stat
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
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


@pytest.mark.parametrize("name", ["circle", "start-circle", "circ", "ci…le"])
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


def get(address: str, kind: str = "document") -> bytes:
    """Return what a browser gets for a file on this machine from a presigned address of the stack."""
    asked = urllib.request.Request(address, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": kind})
    with urllib.request.urlopen(asked) as answer:
        body: bytes = answer.read()
    return body


def links(page: str) -> list[str]:
    """Return the addresses in the page's tags."""
    return [html.unescape(link) for link in re.findall(r'(?:href|src)="([^"#][^"]*)"', page) if link != "data:,"]


def test_open_when_on_a_stack_then_a_private_copy_links_to_presigned_addresses(
    retake: Retake, stack: ServedStack
) -> None:
    done = run(retake, stack, "open", "post", "--print")

    assert done.code == 0, done.stderr
    path = Path(done.stdout.strip())
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    found = links(path.read_text(encoding="utf-8"))
    assert all("X-Amz-Signature=" in link and "X-Amz-Expires=43200" in link for link in found), found
    bodies = {urllib.parse.urlsplit(link).path.rpartition("/")[2]: get(link) for link in found}
    assert bodies["image-1.png"].startswith(b"\x89PNG")
    (thumbnail,) = [link for link in found if "thumbnail.jpg" in link]
    assert get(thumbnail, "image") == bodies["thumbnail.jpg"]
    assert b"moon" in bodies["results.csv"]
    assert "work until" in done.stderr
    shutil.rmtree(path.parent)


def test_open_when_a_batch_is_downloaded_then_pictures_are_named_by_item(retake: Retake, stack: ServedStack) -> None:
    done = run(retake, stack, "open", "post", "--print", "--download", "posters")

    assert (done.code, done.stdout) == (0, "posters/report.html\n"), done.stderr
    folder = retake.folder / "posters"
    batch_id = rows(retake, stack)[0]["id"]
    result = stack.read_json(f"generated-images/{batch_id}--moon/result.json")
    assert hashlib.sha256((folder / "moon.png").read_bytes()).hexdigest() == result["image"]["sha256"]
    assert not (folder / "bad.png").exists()
    assert "downloaded  1 picture to posters" in done.stderr
    found = links((folder / "report.html").read_text(encoding="utf-8"))
    local = [link for link in found if "X-Amz-Signature" not in link]
    assert {"moon.png", "results.csv"} <= set(local)
    assert [link for link in local if not (folder / link).is_file()] == []
    assert all(urllib.parse.urlsplit(link).path.endswith("/report.html") for link in set(found) - set(local))


def test_open_when_a_run_is_downloaded_then_its_folder_is_whole(retake: Retake, stack: ServedStack) -> None:
    done = run(retake, stack, "open", "circle", "--print", "--download", "here")

    assert (done.code, done.stdout) == (0, "here/circle/report.html\n"), done.stderr
    listed = run(retake, stack, "show", "circle", "--json").result["files"]
    folder = retake.folder / "here/circle"
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == listed


def test_open_when_results_name_items_by_paths_then_they_are_not_written(retake: Retake, stack: ServedStack) -> None:
    image = f"{stack.bucket}/generated-images/circle/r00/a01/image-1.png"
    lines = [
        {"item_id": name, "image": image, "report": None} for name in ("../escaped", "/tmp/escaped", "a/b", "fine")
    ]
    stack.upload("".join(json.dumps(line) + "\n" for line in lines), "batch/hostile/results.jsonl")
    stack.upload('<a href="../../../x">x</a><a href="sub/..%2f..%2fy">y</a>', "batch/hostile/report.html")

    done = run(retake, stack, "open", "hostile", "--print", "--download", "d")

    assert done.code == 0, done.stderr
    found = {path.relative_to(retake.folder).as_posix() for path in retake.folder.rglob("*") if path.is_file()}
    assert found == {"d/fine.png", "d/report.html"}
    assert done.stderr.count("not downloaded: ") == 3


def test_open_when_the_sheet_is_missing_then_exit_2(retake: Retake, stack: ServedStack) -> None:
    stack.upload("{}", "generated-images/half/request.json")

    done = run(retake, stack, "open", "half")

    assert (done.code, done.stdout) == (2, "")
    assert f"{stack.bucket}/generated-images/half/report.html does not exist" in done.errors[0]


@pytest.mark.parametrize(
    ("name", "event", "message"),
    [
        ("escape", {"run_id": "../../escaped"}, '"../../escaped" cannot be the id of a run'),
        ("foreign", {"output_s3_bucket_name": "elsewhere"}, 'names the bucket "elsewhere", which is not the stack'),
    ],
)
def test_open_when_an_execution_names_a_path_or_a_foreign_bucket_then_nothing_is_written(
    name: str, event: dict[str, str], message: str, retake: Retake, stack: ServedStack
) -> None:
    found = stack.client("stepfunctions").start_execution(
        stateMachineArn=stack.environment["RETAKE_LOOP"], name=name, input=json.dumps({"prompt": CIRCLE, **event})
    )
    stack.wait_for_end(found["executionArn"])

    done = run(retake, stack, "open", name, "--print", "--download", "a/b")

    assert (done.code, done.stdout) == (2, "")
    assert message in done.errors[0]
    assert list(retake.folder.iterdir()) == []
