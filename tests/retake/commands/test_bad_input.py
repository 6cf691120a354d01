"""Bad input: one line that names the file, the fault and the fix; exit code 2; nothing started, nothing written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from retake.cli import main
from tests.support.harnesses.command import Retake

FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b" \n ", "is empty"),
    "utf-16": ('{"prompt": "a"}'.encode("utf-16"), "is not UTF-8 (byte 0xff at position 0); save it as UTF-8"),
    "latin-1": ('{"prompt": "é"}'.encode("latin-1"), "is not UTF-8 (byte 0xe9 at position 12)"),
    "not-json": (b'{"prompt": "a",\n  oops}', "is not JSON: line 2, column 3: "),
    "two-documents": (b'{"prompt": "a"} {"prompt": "b"}', "is not JSON: column 17: Extra data"),
    "nan": (b'{"prompt": "a", "max_cost_usd": NaN}', "is not JSON: NaN is not a JSON number"),
    "infinity": (b'{"prompt": "a", "max_cost_usd": -Infinity}', "is not JSON: -Infinity is not a JSON number"),
    "endless-number": (
        b'{"prompt": "a", "titan_img_seed": ' + b"9" * 5000 + b"}",
        "more than 300 digits, which no field takes",
    ),
    "deep": (b"[" * 100_000, "is nested too deeply"),
    "nearly-too-deep-for-python": (b'{"prompt": ' + b"[" * 900 + b"]" * 900 + b"}", "give at most 64 levels"),
    "beyond-a-float": (b'{"prompt": "a", "max_cost_usd": 1e400}', "holds the number 1e400, which no field takes"),
    "long-name-twice": (b'{"%s": 1, "%s": 2}' % (b"x" * 9000, b"x" * 9000), 'has the field "' + "x" * 59 + "… twice"),
    "batch": (
        b'{"prompt": "a", "run_id": "x--a", "batch": {"id": "x", "max_cost_usd": 1}}',
        "batch: only a batch sets this field, for its items; leave it out",
    ),
    "twice": (b'{"prompt": "a", "prompt": "b"}', 'has the field "prompt" twice; keep one'),
    "list": (b'[{"prompt": "a"}]', "holds a list, not a JSON object"),
    "string": (b'"a red circle"', "holds a text, not a JSON object"),
    "null": (b"null", "holds null, not a JSON object"),
    "number": (b"12", "holds a number, not a JSON object"),
    "large": (b'{"prompt": "' + b"a" * 3_000_000 + b'"}', "an event has at most 256 KiB"),
    "no-prompt": (b"{}", "prompt: is missing"),
    "blank-prompt": (b'{"prompt": " "}', "prompt: is blank"),
    "typo": (b'{"prompt": "a", "max_retry_attemps": 2}', "max_retry_attempts"),
    "true": (b'{"prompt": "a", "max_retry_attempts": true}', "max_retry_attempts: true is not a whole number"),
    "bucket": (
        b'{"prompt": "a", "output_s3_bucket_name": "My_Bucket"}',
        'output_s3_bucket_name: "My_Bucket" is not a bucket',
    ),
    "escape": (b'{"prompt": "a", "output_s3_key_prefix": "../up"}', "output_s3_key_prefix: "),
    "run-id": (b'{"prompt": "a", "run_id": "../up"}', 'run_id: "../up" cannot be a run id'),
}


def refusal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """Return the one error line, without its prefix."""
    monkeypatch.setattr(sys, "argv", ["retake", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    output = capsys.readouterr()
    assert ended.value.code == 2
    assert output.out == ""
    assert output.err.count("\n") == 1, output.err
    assert output.err.startswith("retake: error: ")
    return output.err.removeprefix("retake: error: ")


@pytest.mark.parametrize("name", FILES)
def test_run_when_the_file_cannot_be_used_then_one_line_names_it_and_the_fault(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    body, fault = FILES[name]
    path = tmp_path / f"{name}.json"
    path.write_bytes(body)

    message = refusal(capsys, monkeypatch, "run", str(path), "--out", str(tmp_path / "out"))

    assert message.startswith(f"{path}: ")
    assert fault in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "Missing command"),
        (("run",), "EVENT.json"),
        (("run", "missing.json"), "missing.json: there is no such file"),
        (("run", "evnet.json"), "evnet.json: there is no such file; did you mean event.json?"),
        (("run", "events/none"), "events/none: there is no such file (a prompt that looks like a file name needs a"),
        (("run", "none.jpg"), "none.jpg: there is no such file"),
        (("run", "batch.jsonl"), "batch.jsonl: is a manifest, not an event; run it with `retake batch`"),
        (("run", "two", "circles"), 'Put a prompt in quotes: "three red circles".'),
        (("run", "."), ".: is a folder"),
        (("run", "event.json", "other.json"), "other.json"),
        (("run", "event.json", "--jsn"), "--jsn"),
        (("run", "event.json", "--bedrock", "mars"), "mars"),
        (("run", "event.json", "--out", "event.json"), "--out event.json: cannot be written to"),
        (("run", "event.json", "--out", "event.json/below"), "--out event.json/below: cannot be written to"),
        (("run", "event.json", "--faults", "missing.json"), "--faults missing.json: cannot be read"),
        (("run", "event.json", "--faults", "event.json"), "--faults event.json: faults: not a list"),
        (("run", "event.json", "--faults", "event.json", "--bedrock", "aws"), "with --bedrock local only"),
        (("run", "event.json", "--faults", "deep.json"), "--faults deep.json: is nested too deeply"),
        (("estimate", "item.json"), "item.json: batch: only a batch sets this field"),
        (("three red circles", "--seed", "7"), '. Did you mean retake run "three red circles"? (see retake --help)'),
        (("three", "red", "circles"), 'Did you mean retake run "three red circles"?'),
        (("event.json",), "Did you mean retake run event.json?"),
        (("rnu", "event.json"), "Did you mean 'run'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_command_line_when_wrong_then_one_line_names_the_fault(
    arguments: tuple[str, ...],
    fault: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "event.json").write_text('{"prompt": "a red circle"}', encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 900 + "]" * 900, encoding="utf-8")
    (tmp_path / "item.json").write_bytes(FILES["batch"][0])

    assert fault in refusal(capsys, monkeypatch, *arguments)


def test_settings_when_a_variable_is_not_a_number_then_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETAKE_MAX_COST_USD_PER_RUN", "a lot")
    path = tmp_path / "event.json"
    path.write_text('{"prompt": "a red circle"}', encoding="utf-8")

    assert 'RETAKE_MAX_COST_USD_PER_RUN: "a lot" is not a number' in refusal(capsys, monkeypatch, "run", str(path))


def test_event_when_piped_in_and_wrong_then_standard_input_is_named(retake: Retake) -> None:
    done = retake("run", "-", stdin=b"{")

    assert (done.code, done.stdout) == (2, "")
    assert done.errors == [done.stderr.strip()]
    assert done.stderr.startswith("retake: error: standard input: is not JSON: column 2")


def test_bad_input_when_refused_then_neither_boto3_nor_moto_was_imported(retake: Retake) -> None:
    retake.event(prompt=" ")
    script = (
        "import sys, retake.cli\n"
        "sys.argv = ['retake', *sys.argv[1:]]\n"
        "try: retake.cli.main()\n"
        "except SystemExit as end: print(end.code, sorted({'boto3', 'moto', 'numpy', 'PIL'} & set(sys.modules)))\n"
    )
    for arguments in (["run", "event.json"], ["run", "--help"]):
        output = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=retake.folder,
            env=retake.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert output.splitlines()[-1] == f"{2 if arguments[-1] == 'event.json' else 0} []"


def test_event_when_it_has_a_byte_order_mark_then_it_is_read(tmp_path: Path) -> None:
    from retake.inputs.event_file import read_event

    path = tmp_path / "event.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"prompt": "a red circle"}).encode())

    assert read_event(str(path)) == {"prompt": "a red circle"}


FAULTY = {"prompt": "夜の海", "titan_img_sed": 7, "titan_img_number_of_images": 9, "max_prompt_revisions": 0}


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (FAULTY, ["titan_img_sed", "titan_img_number_of_images", "prompt"]),
        (
            FAULTY | {"titan_img_number_of_images": 1, "max_cost_usd": 0.001},
            ["titan_img_sed", "prompt", "max_cost_usd"],
        ),
    ],
)
@pytest.mark.parametrize("command", ["run", "estimate"])
def test_bad_input_when_an_event_has_several_faults_then_each_has_its_own_line_with_the_file(
    command: str, event: dict[str, Any], fields: list[str], retake: Retake
) -> None:
    done = retake(command, retake.event(**event))

    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == len(fields)
    assert [line.split(": ")[1:4][1:3] for line in done.errors] == [["event.json", field] for field in fields]


def test_fault_script_when_a_variable_or_the_file_of_defaults_names_it_then_the_message_names_that(
    retake: Retake,
) -> None:
    by_variable = retake("run", "a cat", environment={"RETAKE_FAULTS": "missing.json"})
    (retake.folder / "retake.toml").write_text('faults = "missing.json"')
    by_file = retake("run", "a cat")

    assert by_variable.errors[0].startswith("retake: error: RETAKE_FAULTS missing.json: cannot be read")
    assert by_file.errors[0].startswith("retake: error: retake.toml: faults missing.json: cannot be read")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no device that is always full")
def test_output_when_it_cannot_be_written_then_the_line_names_standard_output(retake: Retake) -> None:
    ended = subprocess.run(
        f"{retake.command} run cat --dry-run -q > /dev/full",
        shell=True,
        cwd=retake.folder,
        env=retake.environment,
        stderr=subprocess.PIPE,
        check=False,
    )

    assert ended.returncode == 3
    assert ended.stderr.decode() == "retake: error: standard output: cannot be written to (No space left on device)\n"
