"""`retake estimate MANIFEST` and `retake batch --dry-run`: what a batch would cost, before anything is started."""

import os
import pty
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.harnesses.command import Done, Retake

SHEET = "Prompt;SKU;Max Cost USD\r\nfünf rote Äpfel;A-1;0,5\r\na moon;A-2;\r\nx;A-3;much\r\n;;\r\na moon;A-4;\r\n"
NOWHERE = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:9"}


def write(retake: Retake, name: str, content: bytes) -> str:
    (retake.folder / name).write_bytes(content)
    return name


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_spreadsheets_file_is_estimated_whatever_its_encoding(retake: Retake, encoding: str) -> None:
    name = write(retake, "Preise 1.csv", SHEET.encode(encoding))
    done = retake("estimate", name, environment=NOWHERE)

    assert done.code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "lines       4 lines: 2 items, 1 rejected, 1 skipped as duplicates"
    assert (
        lines[1]
        == 'rejected    line 4: max_cost_usd: "much" is not a number; give a number above 0 and up to 1,000,000'
    )
    assert "columns     not fields of a request, kept for the results: SKU" in lines
    assert any(line.startswith("warning") for line in lines) == (encoding == "cp1252")
    assert ("Windows-1252" in done.stdout) == (encoding == "cp1252")


def test_a_dry_run_of_a_batch_is_the_estimate_and_leaves_nothing(retake: Retake) -> None:
    name = retake.manifest([{"prompt": f"{place} red circles"} for place in range(90)])
    (retake.folder / "prompts.defaults.json").write_text('{"batch_max_cost_usd": 12}', encoding="utf-8")
    dry = retake("batch", name, "--dry-run", "--json", environment=NOWHERE)
    estimated = retake("estimate", name, "--json", environment=NOWHERE)

    assert (dry.code, estimated.code) == (0, 0), dry.stderr
    found: dict[str, Any] = dry.result
    assert found == estimated.result
    assert {name: found[name] for name in ("lines", "items", "rejected", "skipped", "refusal")} == {
        "lines": 90,
        "items": 90,
        "rejected": 0,
        "skipped": 0,
        "refusal": None,
    }
    # 1.8 pictures each at 90 calls a minute; at most 20 each. The ceiling caps the cost.
    assert (found["expected_hours"], found["worst_case_hours"]) == (0.03, 0.33)
    assert 90 * 0.04 < found["expected_usd"] < found["worst_case_usd"] == 12
    lines = retake("estimate", name).stdout.splitlines()
    assert "worst case  $12.00  (20 min)" in lines
    assert "quota       stability.stable-image-core-v1:1 90 calls a minute; 18 items at once" in lines
    assert sorted(path.name for path in retake.folder.iterdir()) == ["prompts.defaults.json", "prompts.jsonl"]


def test_fewer_items_at_once_take_longer(retake: Retake) -> None:
    name = retake.manifest([{"prompt": f"{place} red circles"} for place in range(90)])
    done = retake("batch", name, "--dry-run", "--json", "--max-concurrency", "1")
    assert done.result["expected_hours"] == round(90 * 1.8 * 12 / 3600, 2)
    assert done.result["max_concurrency"] == 1


def test_a_manifest_of_which_nothing_could_run_names_three_reasons(retake: Retake) -> None:
    name = retake.manifest([{"prompt": "a moon", "id": f"no--{place}"} for place in range(5)])
    for done in (retake("estimate", name), retake("batch", name, "--dry-run")):
        assert done.code == 2
        assert "lines       5 lines: 0 items, 5 rejected" in done.stdout
        [error] = done.errors
        assert f"{name}: manifest: no line can be run (line 1: id: " in error
        assert "line 3: id: " in error
        assert error.endswith("; 2 more)")
        assert "line 4" not in error + done.stdout


@pytest.mark.parametrize(
    ("name", "content", "is_manifest"),
    [
        ("a.json", b'\xef\xbb\xbf \n[{"prompt": "a moon"}]', True),
        ("a.json", b'{"prompt": "a moon"}', False),
        ("a b.JSONL", b'{"prompt": "a moon"}', True),
    ],
)
def test_the_file_decides_between_an_event_and_a_manifest(
    retake: Retake, name: str, content: bytes, is_manifest: bool
) -> None:
    done = retake("estimate", write(retake, name, content), "--json")
    assert done.code == 0, done.stderr
    assert ("items" in done.result) == is_manifest


def test_words_with_the_name_of_a_manifest_are_a_prompt(retake: Retake) -> None:
    done = retake("estimate", "a poster that says prompts.csv", "--json")
    assert done.code == 0, done.stderr
    assert "items" not in done.result


def test_options_for_one_event_are_refused_with_a_manifest(retake: Retake) -> None:
    done = retake("estimate", retake.manifest([{"prompt": "a moon"}]), "--seed", "3")
    assert (done.code, done.stdout) == (2, "")
    assert done.errors == ["retake: error: --seed: for one event only; prompts.jsonl: is a manifest"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"PK\x03\x04x", "is an Excel workbook"),
        ("a.csv", b"prompt,max_retry_attempt\n", "did you mean max_retry_attempts?"),
        ("gone.csv", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error(retake: Retake, name: str, content: bytes | None, reason: str) -> None:
    if content is not None:
        write(retake, name, content)
    for done in (retake("estimate", name), retake("batch", name, "--dry-run")):
        assert (done.code, done.stdout) == (2, "")
        assert reason in done.stderr


def ask(retake: Retake, answer: bytes, *arguments: str, environment: Mapping[str, str]) -> Done:
    """Run the command on a terminal, and type the answer when it asks."""
    master, slave = pty.openpty()
    process = retake.start(*arguments, environment={"TERM": "dumb", **environment}, stdin=slave, stderr=slave)
    os.close(slave)
    shown = b""
    try:
        while True:
            shown += os.read(master, 4096)
            if answer and b"[y/N] " in shown:
                os.write(master, answer)
                answer = b""
    except OSError:
        pass  # On Linux: the process has closed its side.
    finally:
        os.close(master)
    stdout, _ = process.communicate()
    return Done(process.returncode, stdout.decode(), shown.decode())


def test_an_expensive_batch_asks_on_a_terminal_and_starts_nothing_without_a_yes(retake: Retake) -> None:
    name = retake.manifest([{"prompt": f"{place} red circles"} for place in range(400)])
    arguments = ("batch", name, "--bedrock", "aws")
    for answer in (b"\n", b"n\n", b"\x04"):
        done = ask(retake, answer, *arguments, environment=NOWHERE)
        assert done.code == 130, done.stderr
        assert "This batch of 400 items is expected to cost $" in done.stderr
        assert ", at most $100.00. Continue? [y/N] " in done.stderr
        assert "nothing was started" in done.stderr
    assert [path.name for path in retake.folder.iterdir()] == ["prompts.jsonl"]


@pytest.mark.parametrize(
    ("items", "options", "answer", "asked"),
    [(400, (), b"y\n", True), (400, ("--yes",), b"", False), (400, ("-y",), b"", False), (3, (), b"", False)],
)
def test_a_yes_or_a_cheap_batch_goes_on(
    retake: Retake, items: int, options: tuple[str, ...], answer: bytes, asked: bool
) -> None:
    name = retake.manifest([{"prompt": f"{place} red circles"} for place in range(items)])
    # Without credentials, the batch ends as soon as it is started.
    done = ask(
        retake, answer, "batch", name, "--bedrock", "aws", *options, environment={"AWS_EC2_METADATA_DISABLED": "true"}
    )
    assert done.code == 3, done.stderr
    assert "credentials" in done.stderr
    assert ("[y/N]" in done.stderr) == asked
    assert "nothing was started" not in done.stderr


def test_without_a_terminal_no_batch_asks(retake: Retake) -> None:
    name = retake.manifest([{"prompt": f"{place} red circles"} for place in range(400)])
    done = retake.run_process("batch", name, "--bedrock", "aws", environment={"AWS_EC2_METADATA_DISABLED": "true"})
    assert done.code == 3, done.stderr
    assert "[y/N]" not in done.stderr


def test_dry_run_when_an_item_was_accepted_already_then_only_the_others_are_priced(retake: Retake) -> None:
    right = retake.faults({"on": "image", "fault": "paint_right"})
    lines = [{"id": f"night-{number}", "prompt": "A red circle on a white background"} for number in range(3)]
    assert retake("batch", retake.manifest(lines[:1]), *right).code == 0

    others = retake("batch", retake.manifest(lines[1:], "others.jsonl"), "--dry-run", "--json").result
    name = retake.manifest(lines)
    found, shown = retake("batch", name, "--dry-run", "--json").result, retake("batch", name, "--dry-run").stdout

    assert (found["items"], found["accepted_before"]) == (3, 1)
    assert (found["expected_usd"], found["worst_case_usd"]) == (others["expected_usd"], others["worst_case_usd"])
    assert "3 lines: 3 items (1 accepted already), 0 rejected" in shown
    assert f"expected    ${found['expected_usd']:.2f} more" in shown
    header = retake("batch", name, *right).stderr.splitlines()[0]
    assert header.startswith("3 lines: 3 items (1 accepted already), 0 rejected")
    assert f"expected ${found['expected_usd']:.2f} more, ceiling" in header
