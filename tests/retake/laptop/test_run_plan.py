"""An event is checked under this machine's settings before anything is started or written."""

import json
from pathlib import Path
from typing import Any

import pytest

from retake.inputs.config import Config
from retake.inputs.event import InputEvent, read_input_event
from retake.laptop.run_plan import plan_run
from retake.view.errors import BadInputError


def write_event(folder: Path, **event: Any) -> InputEvent:
    path = folder / "event.json"
    path.write_text(json.dumps({"prompt": "a red circle", **event}), encoding="utf-8")
    return read_input_event(str(path), {}, Config(), {})


def test_plan_when_the_event_can_run_then_it_has_the_settings_and_places_of_the_run(tmp_path: Path) -> None:
    event, out = write_event(tmp_path, run_id="night", output_s3_bucket_name="studio"), tmp_path / "out"

    plan = plan_run(event, out, "local", None, {"RETAKE_MAX_COST_USD_PER_RUN": "0.5"})

    assert (plan.source, plan.folder, plan.log_path) == (event.source, out / "night", out / "log.jsonl")
    assert (plan.settings.bucket, plan.settings.max_cost_usd_per_run) == ("studio", 0.5)
    assert plan.execution_name.startswith("event-20")
    assert plan.faults == ()
    assert out.is_dir()


def test_files_when_the_run_has_written_none_then_no_folder_is_shown(tmp_path: Path) -> None:
    plan = plan_run(write_event(tmp_path, run_id="night"), tmp_path / "out", "local", None, {})
    before = plan.files.folder
    plan.folder.mkdir()

    assert (before, plan.files.folder) == (None, str(tmp_path / "out/night"))


def test_plan_when_bedrock_is_in_aws_then_there_is_no_fault_script(tmp_path: Path) -> None:
    event = write_event(tmp_path)
    here, in_aws = (plan_run(event, tmp_path / "out", bedrock, None, {}) for bedrock in ("local", "aws"))

    assert here.faults is not None
    assert in_aws.faults is None


def test_event_when_no_setting_allows_it_then_it_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    event = write_event(tmp_path, max_retry_attempts=0)

    with pytest.raises(BadInputError) as refused:
        plan_run(event, tmp_path / "out", "local", None, {})

    assert str(refused.value).startswith(f"{event.source}: max_retry_attempts: ")
    assert not (tmp_path / "out").exists()
