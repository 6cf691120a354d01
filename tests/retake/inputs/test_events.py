"""Every sample event is a request, is explained, and does what it is there to show."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.admission.admit import admit_request
from lambdas.core.admission.warnings import warnings_about
from lambdas.core.request.request import FIELDS, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from retake.inputs.event_file import read_event
from tests.support.harnesses.command import ROOT, Retake

EVENTS = sorted((ROOT / "events").glob("*.json"))
TASK_EVENTS = sorted((ROOT / "events/tasks").glob("*.json"))
DEMO = "aurora-ja.json"
README = ROOT / "README.md"
# What a deployed stack allows when nothing but its bucket is set.
DEPLOYED = Settings(bucket="pictures")
OF_2024 = sorted((ROOT / "events/2024").glob("*.json"))
EACH_OF_2024 = pytest.mark.parametrize("path", OF_2024, ids=lambda path: path.stem)
FIELDS_OF_2024 = {
    *("prompt", "max_retry_attempts", "max_prompt_revisions", "output_s3_bucket_name", "output_s3_key_prefix"),
    *(f"claude_validate_{name}" for name in ("temperature", "top_p", "top_k", "max_tokens")),
    *(f"claude_revise_{name}" for name in ("temperature", "top_p", "top_k", "max_tokens")),
    *(f"titan_img_{name}" for name in ("cfg_scale", "width", "height", "number_of_images", "seed")),
}
LEFT_OUT = {
    "titan_img_cfg_scale",
    *(f"claude_{role}_{name}" for role in ("validate", "revise") for name in ("temperature", "top_p", "top_k")),
}
"""The fields of 2024 that no default model takes."""


def event(name: str) -> dict[str, Any]:
    return read_event(str(ROOT / "events" / name))


def shown_in_readme() -> list[re.Pattern[str]]:
    """The lines of the demo that the README shows; its … stands for any text, its seconds and dollars for any."""
    (block,) = re.findall(
        r"^```\n(\d requirements: .*?)```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [re.escape(line).replace("…", ".*") for line in block.splitlines()]
    return [re.compile(re.sub(r"\d+\\\.\d+(?=\\ s|$)", r"\\d+\\.\\d+", line)) for line in lines]


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.name)
def test_event_when_started_here_or_deployed_then_it_is_a_request(path: Path) -> None:
    given = read_event(str(path))

    allowed = Settings(bucket="pictures", extra_model_ids=("*",)) if path.name == DEMO else DEPLOYED
    request = parse_request(given, allowed, "an-execution")

    assert request.run_id == "an-execution"
    named = [name for name in given if name.endswith("_model_id")]
    assert named == (["image_model_id"] if path.name == DEMO else [])


def test_readme_when_events_are_listed_then_it_lists_them_all() -> None:
    readme = (ROOT / "events/README.md").read_text(encoding="utf-8")
    events, starts = (
        re.findall(r"^\| `(\S+\.json)` \|", part, re.MULTILINE) for part in readme.split("## Other starts")
    )

    assert sorted(events) == sorted(
        path.relative_to(ROOT / "events").as_posix() for path in (*EVENTS, *OF_2024, *TASK_EVENTS)
    )
    assert sorted(starts) == sorted(f"starts/{path.name}" for path in (ROOT / "events/starts").glob("*.json"))


@EACH_OF_2024
def test_event_of_2024_when_read_then_it_has_all_18_fields_and_a_bucket_of_the_user(path: Path) -> None:
    given = read_event(str(path))

    assert set(given) == FIELDS_OF_2024 and len(given) == 18
    assert set(FIELDS) >= FIELDS_OF_2024
    assert given["titan_img_cfg_scale"] == 10.0


@EACH_OF_2024
def test_event_of_2024_when_its_bucket_is_in_the_settings_then_the_deployment_admits_it(path: Path) -> None:
    given = read_event(str(path))
    bucket = given["output_s3_bucket_name"]

    admitted = admit_request(given, Settings(bucket="pictures", extra_output_buckets=(bucket,)), "an-execution")

    assert admitted.request.output_s3_bucket_name == bucket
    assert _warned(warnings_about(admitted.request, given=admitted.given)) == LEFT_OUT | {"max_prompt_revisions"}
    with pytest.raises(
        InvalidRequestError, match="^output_s3_bucket_name: .* add it to the setting extra_output_buckets$"
    ):
        admit_request(given, DEPLOYED, "an-execution")


def test_demo_when_run_then_a_japanese_prompt_fails_is_revised_and_is_accepted(retake: Retake) -> None:
    done = retake.run_process("run", str(ROOT / "events" / DEMO), "--json")

    assert done.code == 0, done.stderr
    folder = retake.folder / "out" / done.result["run_id"]
    assert re.search("[ぁ-ん]", done.result["prompt"])
    assert done.result["final_prompt"].isascii()
    wordings = [json.loads(path.read_bytes()) for path in sorted(folder.glob("r*/prompt.json"))]
    assert [wording.get("why") for wording in wordings] == [None, "language", "failed"]
    verdicts = [json.loads(path.read_bytes())["result"] for path in sorted(folder.glob("r*/a*/verdict.json"))]
    assert verdicts[-1] == "YES"
    assert 2 <= len(verdicts) <= 4, "long enough to be seen failing, short enough to be watched"
    shown = iter(done.stderr.splitlines())
    for line in shown_in_readme():
        assert any(line.fullmatch(one) for one in shown), f"the README shows {line.pattern}, the run {done.stderr}"
    assert not retake.refused_hosts.exists()


@EACH_OF_2024
def test_event_of_2024_when_run_here_then_what_no_model_takes_is_a_warning(path: Path, retake: Retake) -> None:
    given = read_event(str(path))
    done = retake("run", str(path), "--json")

    assert done.code in (0, 1), done.stderr
    assert done.result["image"]["bucket"] == given["output_s3_bucket_name"]
    assert done.result["images"] == given["titan_img_number_of_images"] * done.result["attempts"]
    warnings = done.result["warnings"]
    assert _warned(warnings) == LEFT_OUT | {"max_prompt_revisions"} and len(warnings) == 4
    assert warnings[-1] == "max_prompt_revisions counts rewrites: 3 allow 4 wordings"
    assert [line for line in done.stderr.splitlines() if line.startswith("warning  ")] == [
        f"warning  {warning}" for warning in warnings
    ]


def _warned(warnings: list[str]) -> set[str]:
    return {field for warning in warnings for field in re.split(" (?:was|were|counts) ", warning)[0].split(", ")}
