"""How runs end: the exit code, standard output for programs, standard error for people."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from retake.cli import main
from tests.support.harnesses.command import ROOT, Done, Retake

CIRCLE = "A red circle on a white background"


def read_result(retake: Retake, done: Done) -> dict[str, Any]:
    """Return result.json of the run whose report is named on standard output."""
    assert done.stdout.endswith("/report.html\n")
    report = retake.folder / done.stdout.removesuffix("\n")
    assert report.is_file()
    found = json.loads((report.parent / "result.json").read_bytes())
    assert isinstance(found, dict)
    return found


def test_run_when_accepted_then_the_report_is_named_and_no_other_machine_was_called(retake: Retake) -> None:
    done = retake.run_process("run", str(ROOT / "events/simple-en.json"))

    assert done.code == 0, done.stderr
    result = read_result(retake, done)
    assert result["status"] == "ACCEPTED"
    assert done.stdout == f"out/{result['run_id']}/report.html\n"
    picture = f"out/{result['run_id']}/r00/a01/image-1.png"
    assert (retake.folder / picture).read_bytes().startswith(b"\x89PNG")
    lines = done.stderr.splitlines()
    assert lines[0] == "2 requirements: a red circle; a white background"
    assert lines[1].startswith("r00 a01  seed 1  ")
    assert "  YES 2/2 · $0.0" in lines[1]
    assert lines[2] == f"ACCEPTED  {result['message']}"
    assert lines[3].startswith("engine   the stand-in, not Bedrock: nothing was charged")
    assert lines[4] == f"picture  {picture}"
    assert lines[5] == f"report   {done.stdout.strip()}"
    assert lines[6].startswith(f"cost     ${result['cost']['total_usd']:.4f} (images $0.0400, Claude $")
    assert not retake.refused_hosts.exists(), retake.refused_hosts.read_text()


def test_run_when_exhausted_then_json_is_the_whole_result_and_the_code_is_1(retake: Retake) -> None:
    done = retake("run", str(ROOT / "events/exhausted.json"), "--json", "--out", "pictures")

    assert done.code == 1, done.stderr
    result = done.result
    assert (result["status"], result["attempts"], result["revisions"]) == ("EXHAUSTED", 4, 1)
    assert result == json.loads((retake.folder / "pictures" / result["run_id"] / "result.json").read_bytes())
    attempts = [line for line in done.stderr.splitlines() if line.startswith("r0") and " seed " in line]
    assert [line[:7] for line in attempts] == ["r00 a01", "r00 a02", "r01 a01", "r01 a02"]
    assert all("missing: " in line for line in attempts)
    assert any(line.startswith("r01  revised, because no attempt met") for line in done.stderr.splitlines())
    assert f"--run-id {result['run_id']} " in done.stderr.splitlines()[-1]


def test_run_when_blocked_then_the_filter_is_named_and_the_code_is_1(retake: Retake) -> None:
    done = retake("run", str(ROOT / "events/blocked.json"))

    assert done.code == 1, done.stderr
    assert read_result(retake, done)["status"] == "BLOCKED"
    assert "BLOCKED  the content filter refused the prompt · $0.0" in done.stderr


def test_run_when_the_ceiling_is_reached_then_the_code_is_1_and_a_line_says_so(retake: Retake) -> None:
    # No picture of the prompt shows them.
    event = retake.event(prompt=CIRCLE, requirements=["three green triangles"], max_cost_usd=0.06)

    done = retake("run", event)

    assert done.code == 1, done.stderr
    assert read_result(retake, done)["status"] == "BUDGET_EXCEEDED"
    assert "r00 a02  not made: it could pass the run's ceiling (max_cost_usd)" in done.stderr.splitlines()


def test_run_when_the_best_is_returned_then_the_code_is_1(retake: Retake) -> None:
    event = retake.event(prompt=CIRCLE, max_retry_attempts=1, max_prompt_revisions=0, on_not_accepted="return_best")

    done = retake("run", event, *retake.faults({"on": "image", "fault": "paint_wrong"}))

    assert done.code == 1, done.stderr
    assert read_result(retake, done)["status"] == "BEST_EFFORT"


def test_run_when_only_claude_shows_that_the_input_is_bad_then_the_code_is_2(retake: Retake) -> None:
    event = retake.event(prompt="Ein roter Kreis auf einem weißen Hintergrund", max_prompt_revisions=0)

    done = retake("run", event, "--json")

    assert done.code == 2, done.stderr
    assert done.result["error"] == "InvalidRequestError"
    assert len(done.errors) == 1
    assert done.errors[0].startswith("retake: error: event.json: prompt: is not in English (de)")


def test_run_when_prepare_finds_several_faults_then_each_has_its_line(retake: Retake) -> None:
    event = retake.event(prompt="夜の海", max_prompt_revisions=0, max_cost_usd=0.001)

    done = retake("run", event, "--json")

    assert done.code == 2, done.stderr
    faults = done.result["message"].split("\n")
    assert [fault.partition(": ")[0] for fault in faults] == ["prompt", "max_cost_usd"]
    assert done.errors == [f"retake: error: event.json: {fault}" for fault in faults]


def test_run_when_a_model_may_not_be_called_then_the_code_is_3(retake: Retake) -> None:
    done = retake("run", retake.event(prompt=CIRCLE), *retake.faults({"on": "image", "fault": "access_denied"}))

    assert done.code == 3, done.stderr
    assert read_result(retake, done)["error"] == "ModelAccessError"
    assert len(done.errors) == 1
    assert done.errors[0].startswith("retake: error: ModelAccessError: stability.stable-image-core-v1:1: ")


def test_run_when_a_model_is_throttled_then_the_retry_is_shown_and_the_run_continues(retake: Retake) -> None:
    faults = retake.faults({"on": "verdict", "fault": "throttle", "times": 1}, {"on": "image", "fault": "paint_right"})

    done = retake("run", retake.event(prompt=CIRCLE), *faults)

    assert done.code == 0, done.stderr
    lines = done.stderr.splitlines()
    assert lines[1].startswith("r00 a01  judging failed: ModelThrottledError: us.anthropic.claude-haiku-5-5: ")
    assert lines[2] == "r00 a01  judging: try 2"


def test_scheduled_run_when_delivered_twice_then_the_second_is_a_duplicate_and_the_code_is_0(retake: Retake) -> None:
    trigger = {"schedule": "mornings", "time": "2026-11-21T06:00:00Z"}
    event = retake.event(prompt=CIRCLE, trigger=trigger, titan_img_seed=1)
    first = retake("run", event)
    written = (retake.folder / first.stdout.strip()).with_name("result.json").read_bytes()

    second = retake("run", event, "--json")

    assert (first.code, second.code) == (0, 0), second.stderr
    assert second.result["status"] == "DUPLICATE"
    assert (retake.folder / "out/mornings-20261121T060000Z/result.json").read_bytes() == written


def test_bedrock_in_aws_when_there_are_no_credentials_then_one_line_names_the_fix(retake: Retake) -> None:
    environment = {"AWS_EC2_METADATA_DISABLED": "true"}

    done = retake.run_process("run", retake.event(prompt=CIRCLE), "--bedrock", "aws", environment=environment)

    assert (done.code, done.stdout) == (3, "")
    assert done.errors == [done.stderr.strip()]
    assert done.stderr.startswith("retake: error: NoCredentialsError: boto3 finds no AWS credentials for Bedrock: ")
    assert "log.jsonl" not in done.stderr
    assert not retake.refused_hosts.exists()


def test_run_when_paths_and_prompt_hold_odd_characters_then_they_are_unchanged(retake: Retake) -> None:
    prompt = (
        "A red circle “on” a white background \"'\\ {% $states %} ${x} \N{GRINNING FACE} \u202eabc\n\x1b[31mred\x1b[0m"
    )
    event = retake.event("-my événements 夜/–x 夜.json", prompt=prompt, requirements=["a red \x1b[31m\u202e circle"])

    done = retake("run", "--json", "--out", "mes images 夜/-o", "--", event)

    assert done.code in (0, 1), done.stderr
    assert done.result["prompt"] == prompt
    assert done.result["run_id"].startswith("x-20")
    folder = retake.folder / "mes images 夜/-o" / done.result["run_id"]
    assert json.loads((folder / "request.json").read_bytes())["request"]["prompt"] == prompt
    assert done.stderr.startswith("1 requirement (given: nothing else of the prompt is checked): a red [31m circle\n")
    assert not {"\x1b", "\u202e"} & set(done.stderr)


def test_event_when_it_names_a_bucket_and_a_prefix_then_it_runs_here_too(retake: Retake) -> None:
    place = {"output_s3_bucket_name": "studio-pictures", "output_s3_key_prefix": "campaign/autumn"}
    body = json.dumps({"prompt": CIRCLE, "titan_img_seed": 1, **place})

    done = retake("run", "-", "--json", stdin=body.encode())

    assert done.code == 0, done.stderr
    result = done.result
    assert result["image"]["s3_uri"].startswith(f"s3://studio-pictures/campaign/autumn/{result['run_id']}/r00/")
    assert (retake.folder / "out" / result["run_id"] / "r00/a01/image-1.png").is_file()


def test_dry_run_when_asked_for_then_the_estimate_is_printed_and_nothing_is_paid(retake: Retake) -> None:
    done = retake("run", retake.event(prompt=CIRCLE, dry_run=True, titan_img_width=1408, titan_img_height=768))

    assert done.code == 0
    assert done.stderr.startswith("DRY_RUN  ")
    lines = done.stdout.splitlines()
    assert re.match(r"worst case +\$\d\.\d{4} ", lines[0])
    assert [line for line in lines if line.startswith("warning ")]
    assert "worst case" not in done.stderr
    quiet = retake("run", CIRCLE, "--dry-run", "-q")
    assert (quiet.stdout.count("worst case"), quiet.stderr) == (1, "")
    verbose = retake("run", CIRCLE, "--dry-run", "-v").stderr
    assert "estimating the cost …" in verbose
    assert "finding" not in verbose
    assert "writing" not in verbose
    assert not list((retake.folder / "out").glob("*/*"))


@pytest.mark.parametrize("json_flag", [(), ("--json",)], ids=["path", "json"])
def test_run_when_standard_output_is_closed_then_it_prints_no_error(retake: Retake, json_flag: tuple[str, ...]) -> None:
    process = retake.start("run", str(ROOT / "events/blocked.json"), *json_flag)
    assert process.stdout and process.stderr
    process.stdout.close()

    stderr = process.stderr.read().decode()

    assert process.wait(60) == 1
    assert "Error" not in stderr
    assert stderr.splitlines()[-1].startswith("next ")


def test_run_when_its_streams_are_closed_then_the_records_are_complete(retake: Retake) -> None:
    code = subprocess.run(
        f"{retake.command} run {ROOT}/events/blocked.json >&- 2>&- <&-",
        shell=True,
        cwd=retake.folder,
        env=retake.environment,
        check=False,
        timeout=60,
    ).returncode

    assert code == 1
    (result,) = (retake.folder / "out").glob("*/result.json")
    assert json.loads(result.read_bytes())["status"] == "BLOCKED"
    for line in (retake.folder / "out/log.jsonl").read_text().splitlines():
        json.loads(line)


def test_run_when_a_record_cannot_be_written_then_the_code_is_3(retake: Retake) -> None:
    # A folder where a record should be.
    (retake.folder / "out/broken/request.json/x").mkdir(parents=True)

    done = retake("run", retake.event(prompt=CIRCLE, run_id="broken"))

    assert (done.code, done.stdout) == (3, "")
    assert len(done.errors) == 1
    assert "request.json" in done.errors[0]


def test_run_when_an_unexpected_error_is_raised_then_one_line_names_it_and_the_log_has_the_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a fault\nof ours")

    (tmp_path / "event.json").write_text(json.dumps({"prompt": CIRCLE}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("retake.laptop.run.execute_run", broken)
    monkeypatch.setattr(sys, "argv", ["retake", "run", "event.json"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 3
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "retake: error: KeyError: 'a fault\\nof ours' (more in out/log.jsonl)\n")
    logged = json.loads((tmp_path / "out/log.jsonl").read_text(encoding="utf-8"))
    assert "in broken\n" in logged["exception"]


def test_run_when_a_picture_cannot_be_opened_then_a_line_says_so_and_the_next_one_is_made(retake: Retake) -> None:
    faults = retake.faults({"on": "image", "fault": "image_text", "times": 1})
    done = retake("run", retake.event(prompt=CIRCLE, titan_img_seed=1), "--json", *faults)

    assert (done.code, done.result["attempts"], done.result["images"]) == (0, 2, 2), done.stderr
    attempts = [line for line in done.stderr.splitlines() if line.startswith("r0")]
    assert "  UNREADABLE  the file cannot be read as a picture · $0.04" in attempts[0]
    assert "  YES 2/2 · $0.08" in attempts[1]


def test_text_when_a_user_or_a_file_writes_it_then_it_cannot_control_the_terminal(retake: Retake) -> None:
    prompt = f"{CIRCLE} \u009b2J\u202e\u2028"
    done = retake("run", retake.event(prompt=prompt, requirements=["a red circle"]), "--json")
    refused = retake("run", "no\x1b[31m\u009b\u202esuch.json")

    assert (done.code, done.result["prompt"], refused.code) == (0, prompt, 2)
    assert all(line.isprintable() for line in (done.stdout + done.stderr + refused.stderr).split("\n"))
