"""`retake migrate`: the event of today means the same request as the old one, and every change has a comment."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.request.request import Request, parse_request
from lambdas.core.runtime.settings import Settings
from tests.support.harnesses.command import ROOT, Retake

EVENTS = sorted(path for path in (ROOT / "events").glob("**/*.json") if path.parent.name not in ("starts", "tasks"))
ANYTHING = Settings(
    bucket="pictures",
    extra_output_buckets=("your-bucket-name", "your-output-bucket", "ho2k.com"),
    extra_model_ids=("*",),
)
LEFT_OUT = [
    *(f"claude_{role}_{name}" for role in ("validate", "revise") for name in ("temperature", "top_p", "top_k")),
    "titan_img_cfg_scale",
]


def request_of(event: dict[str, Any], without: list[str]) -> Request:
    """Return the request without the fields that have no effect on it."""
    return parse_request({name: value for name, value in event.items() if name not in without}, ANYTHING, "run-1")


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_migrate_when_the_event_is_old_then_the_new_one_means_the_same_request(path: Path, retake: Retake) -> None:
    old = json.loads(path.read_bytes())
    removed = LEFT_OUT if path.parent.name == "2024" else []

    done = retake("migrate", str(path))

    assert done.code == 0
    new = json.loads(done.stdout)
    assert list(new) == [name for name in old if name not in removed]
    assert request_of(new, []) == request_of(old, removed)
    said = [line.split()[:2] for line in done.stderr.splitlines()]
    assert sorted(name for verb, name in said if verb == "removed") == sorted(f"{name}:" for name in removed)
    if removed:
        assert [name for verb, name in said if verb == "kept"] == ["max_prompt_revisions:", "output_s3_bucket_name:"]


def test_migrate_when_done_twice_then_the_second_time_changes_nothing(retake: Retake) -> None:
    first = retake("migrate", str(ROOT / "events/2024/sample.json"), "-o", "new.json")

    assert (first.code, first.stdout) == (0, "new.json\n")
    second = retake("migrate", "new.json")
    assert second.stdout == (retake.folder / "new.json").read_text(encoding="utf-8")
    assert "removed" not in second.stderr
    assert retake("run", "new.json", "--dry-run").code == 0


def test_migrate_when_revisions_counted_wordings_then_the_number_stays_and_the_comment_has_the_other(
    retake: Retake,
) -> None:
    done = retake("migrate", retake.event(prompt="a red circle", max_prompt_revisions=3, titan_img_seed=None))

    assert done.result == {"prompt": "a red circle", "max_prompt_revisions": 3}
    assert done.stderr.splitlines() == [
        "removed  titan_img_seed: null counts as left out",
        "kept     max_prompt_revisions: 3 rewrites, as the 2024 article says. Its code counted the wordings, the first one "
        "included; for as many as its code made, give 2",
    ]


def test_migrate_when_the_model_takes_a_field_then_it_is_kept_and_an_ended_model_is_named(retake: Retake) -> None:
    titan: dict[str, Any] = {
        "prompt": "a",
        "image_model_id": "amazon.titan-image-generator-v2:0",
        "titan_img_cfg_scale": 10.0,
    }

    done = retake("migrate", retake.event(**titan))

    assert done.result == titan
    assert done.stderr.startswith("kept     image_model_id: amazon.titan-image-generator-v2:0 reached its end of life")


def test_migrate_when_the_deployments_judge_takes_sampling_then_it_is_kept(retake: Retake) -> None:
    name = retake.event(prompt="a", claude_validate_temperature=0.5, claude_validate_top_p=0.9)
    judge = {"RETAKE_VALIDATE_MODEL_ID": "us.anthropic.claude-sonnet-4-6"}

    done = retake("migrate", name, environment=judge)

    assert done.result == {"prompt": "a", "claude_validate_temperature": 0.5}
    assert done.stderr == "removed  claude_validate_top_p: Claude Sonnet 4.6 takes temperature or top_p, not both\n"


def test_migrate_when_the_event_comes_from_standard_input_then_it_is_read(retake: Retake) -> None:
    process = retake.start("migrate", "-", stdin=subprocess.PIPE)

    stdout, stderr = process.communicate('{"prompt": "夜の海"}'.encode(), timeout=60)

    assert (process.returncode, stderr) == (0, b"")
    assert stdout.decode() == '{\n  "prompt": "夜の海"\n}\n'


@pytest.mark.parametrize(
    ("event", "output", "lines"),
    [
        ({"promt": "a", "titan_img_seed": -1}, [], ["event.json: promt: ", "event.json: titan_img_seed: "]),
        ({"prompt": "a"}, ["-o", "no/such/folder.json"], ["-o no/such/folder.json: cannot be written (No such file"]),
    ],
)
def test_migrate_when_it_cannot_be_done_then_exit_2_with_every_fault(
    event: dict[str, Any], output: list[str], lines: list[str], retake: Retake
) -> None:
    done = retake("migrate", retake.event(**event), *output)

    assert (done.code, done.stdout) == (2, "")
    errors = [line.removeprefix("retake: error: ") for line in done.errors]
    assert len(errors) == len(lines) and all(map(str.startswith, errors, lines)), errors
