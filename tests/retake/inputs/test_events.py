"""Every sample event is a request, is explained, and does what it is there to show."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.request.request import FIELDS, parse_request
from lambdas.core.runtime.settings import Settings
from retake.inputs.event_file import read_event
from tests.support.harnesses.command import ROOT, Retake

EVENTS = sorted((ROOT / "events").glob("*.json"))
DEMO = "aurora-ja.json"
README = ROOT / "README.md"
# What a deployed stack allows when nothing but its bucket is set.
DEPLOYED = Settings(bucket="pictures")
# The 2024 event also had these two fields. The default model has no scale, and the bucket depends on the deployment.
NOT_IN_2024_FILE = {"titan_img_cfg_scale", "output_s3_bucket_name"}


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

    assert sorted(events) == [path.name for path in EVENTS]
    assert sorted(starts) == sorted(f"starts/{path.name}" for path in (ROOT / "events/starts").glob("*.json"))


def test_every_2024_field_when_compared_with_the_request_then_none_is_left_out() -> None:
    of_2024 = {name for name in FIELDS if re.match(r"prompt$|max_(retry|prompt)|output_|claude_|titan_", name)}

    assert set(event("every-2024-field.json")) == of_2024 - NOT_IN_2024_FILE


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


def test_every_2024_field_when_run_then_what_no_model_takes_is_a_warning(retake: Retake) -> None:
    done = retake("run", str(ROOT / "events/every-2024-field.json"), "--json")

    assert done.code in (0, 1), done.stderr
    assert done.result["images"] == 2 * done.result["attempts"]
    warned = {warning.split()[0] for warning in done.result["warnings"]}
    assert warned == {
        f"claude_{role}_{name}" for role in ("validate", "revise") for name in ("temperature", "top_p", "top_k")
    }
    assert [line for line in done.stderr.splitlines() if line.startswith("warning  ")] == [
        f"warning  {warning}" for warning in done.result["warnings"]
    ]
