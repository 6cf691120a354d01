"""An event is refused here only if no deployment could run it."""

import json
from pathlib import Path
from typing import Any

import pytest

from retake.deployed.run_plan import plan_run
from retake.inputs.config import Config
from retake.inputs.event import InputEvent, read_input_event
from retake.view.errors import BadInputError


def written(folder: Path, **event: Any) -> InputEvent:
    path = folder / "event.json"
    path.write_text(json.dumps({"prompt": "a red circle", **event}), encoding="utf-8")
    return read_input_event(str(path), {}, Config(), {})


@pytest.mark.parametrize(
    "event",
    [
        {"titan_img_cfg_scale": 8},
        {"image_model_id": "stability.stable-image-core-v1:1", "titan_img_cfg_scale": 8},
        {"titan_img_quality": "premium"},
        {"titan_img_width": 1152, "titan_img_height": 768},
        {"claude_validate_max_tokens": 100_000},
        {"output_s3_bucket_name": "another-bucket"},
    ],
)
def test_event_when_only_the_deployment_knows_whether_it_fits_then_it_is_let_through(
    event: dict[str, Any], tmp_path: Path
) -> None:
    assert plan_run(written(tmp_path, **event)).event == {"prompt": "a red circle", **event}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"titan_img_cfg_scale": 99}, "titan_img_cfg_scale: "),
        (
            {"image_model_id": "amazon.titan-image-generator-v2:0", "titan_img_quality": "premium"},
            "titan_img_quality: ",
        ),
        ({"image_model_id": "no-such-model"}, "image_model_id: "),
        ({"promt": "x"}, "promt: there is no such field"),
        ({"output_s3_key_prefix": "batch/manifests"}, "output_s3_key_prefix: "),
        ({"run_id": "x--a", "batch": {"id": "x", "max_cost_usd": 1}}, "batch: only a batch sets this field"),
    ],
)
def test_event_when_no_deployment_could_run_it_then_it_is_refused_here(
    event: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match=said):
        plan_run(written(tmp_path, **event))


def test_event_when_it_has_several_faults_then_each_is_a_line_with_the_files_name(tmp_path: Path) -> None:
    name = written(tmp_path, promt="x", titan_img_seed=-1, claude_revise_top_p=2)

    with pytest.raises(BadInputError) as refused:
        plan_run(name)

    fields = [
        line.removeprefix(f"{tmp_path / 'event.json'}: ").partition(":")[0] for line in str(refused.value).split("\n")
    ]
    assert sorted(fields) == ["claude_revise_top_p", "promt", "titan_img_seed"]
