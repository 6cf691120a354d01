"""Every error message that quotes a value of the user's quotes a little of it, whatever its length."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.context import read_deployment
from lambdas.core.batch.manifest.manifest import parse_defaults, read_manifest
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.request.batch_item import batch_id_of
from lambdas.core.request.request import FIELDS, Request, parse_request
from lambdas.core.runtime.settings import Settings
from lambdas.plan.manifest import parse_manifest
from retake.calibration.labelled import read_labelled
from retake.inputs.event_file import read_event
from retake.inputs.fault_script import read_fault_script
from retake.inputs.settings import local_settings
from standin import read_faults
from statemachine.schedule import parse_schedules

HERE = Settings(bucket="pictures")
LONG = "x" * 900
LONGER = "x" * 90_000
LONG_BUCKET = {"prompt": "a cup", "output_s3_bucket_name": LONGER}
MORNING = {"name": "morning", "expression": "rate(6 hours)", "event_file": "events/simple-en.json"}
_TWICE = json.dumps({LONGER: 1})[:-1] + f', "{LONGER}": 2}}'


def message_of(call: Callable[[], Any]) -> str:
    with pytest.raises(Exception) as refused:  # noqa: PT011 - each room has its own error
        call()
    return str(refused.value)


def quotes_little(message: str) -> bool:
    return "x" * 201 not in message and len(message) < 2_000


@pytest.mark.parametrize("value", [LONG, LONGER, [LONGER], {LONGER: LONGER}, int("9" * 300)], ids=repr)
@pytest.mark.parametrize("field", [*Request.__dataclass_fields__, LONGER], ids=lambda name: name[:40])
def test_an_event_when_a_value_is_long_then_little_of_it_is_quoted(field: str, value: Any) -> None:
    if field == "prompt" or (field == "negative_prompt" and value == LONG):
        value = [value]
    message = message_of(lambda: parse_request({"prompt": "a cup", field: value}, HERE, "run-1", is_item=True))
    assert message.startswith(field[:40])
    assert quotes_little(message.replace("9", "x"))


@pytest.mark.parametrize(
    "call",
    [
        lambda: parse_request({"prompt": "a", "requirements": [{"text": "a", LONGER: 1}]}, HERE, "run-1"),
        lambda: parse_request({"prompt": "a", "requirements": [{"text": LONG, "id": LONG}]}, HERE, "run-1"),
        lambda: parse_request({"prompt": "a", "requirements": [{"text": "a", "kind": LONG}]}, HERE, "run-1"),
        lambda: parse_request({"prompt": "a", "trigger": {"schedule": LONG, "time": LONG}}, HERE, "run-1"),
        lambda: parse_request(LONGER, HERE, "run-1"),
        lambda: parse_manifest(LONGER),
        lambda: batch_id_of("pictures", f"batches/{LONG}.txt"),
        lambda: list(read_manifest(io.BytesIO(f"{LONG},{LONG}\n".encode()), ".csv")),
        lambda: parse_defaults(_TWICE.encode()),
        lambda: BatchSettings.parse({"rerun": LONGER}, HERE),
        lambda: BatchSettings.parse({LONGER: 1}, HERE),
        lambda: Settings.from_environment({"RETAKE_BUCKET": "pictures", "RETAKE_MAX_COST_USD_PER_RUN": LONGER}),
        lambda: parse_request(LONG_BUCKET, local_settings(LONG_BUCKET, {}), "run-1"),
        lambda: read_deployment({"retake:image_model_id": LONGER}),
        lambda: read_deployment({"retake:log_execution_data": [LONGER]}),
        lambda: read_deployment({f"retake:{LONGER}": 1}),
        lambda: read_deployment({"retake:schedules": [{**MORNING, LONGER: 1}]}),
        lambda: read_faults([{"on": LONGER, "fault": "drop"}]),
        lambda: read_faults([{"on": "image", "fault": "drop", "times": [LONGER]}]),
        lambda: read_faults([{LONGER: 1}]),
        lambda: read_faults([LONGER]),
        *(lambda field=field: parse_schedules([{**MORNING, field: LONG}], json.loads) for field in MORNING),
        *(lambda field=field: parse_schedules([{**MORNING, field: [LONG]}], json.loads) for field in MORNING),
        lambda: parse_schedules([{**MORNING, "time_zone": LONG}], json.loads),
        lambda: parse_schedules([LONG], json.loads),
    ],
)
def test_other_input_when_a_value_is_long_then_little_of_it_is_quoted(call: Callable[[], Any]) -> None:
    assert quotes_little(message_of(call))


@pytest.mark.parametrize("read", [lambda path: read_event(str(path)), read_labelled, lambda path: read_fault_script("local", path)])  # fmt: skip
@pytest.mark.parametrize("text", [_TWICE, f'{{"a": {LONGER}}}', "1" * 90_000, f'["{LONGER}"]'], ids=range(4))
def test_a_file_when_it_holds_something_long_then_little_of_it_is_quoted(
    read: Callable[[Path], Any], text: str, tmp_path: Path
) -> None:
    path = tmp_path / "input"
    path.write_text(text, encoding="utf-8")
    assert quotes_little(message_of(lambda: read(path)).replace("1", "x"))


@pytest.mark.parametrize("ending", [".jsonl", ".json", ".csv"])
def test_a_line_when_it_holds_something_long_then_little_of_it_is_quoted(ending: str) -> None:
    bodies = {
        ".jsonl": _TWICE.encode(),
        ".json": f"[{_TWICE}]".encode(),
        ".csv": f"prompt,titan_img_seed\n{LONGER},7,{LONGER}\n".encode(),
    }
    [line] = read_manifest(io.BytesIO(bodies[ending]), ending)
    assert line.fault is not None
    assert quotes_little(line.fault)


def test_every_simple_field_is_among_those_tried() -> None:
    assert set(FIELDS) <= set(Request.__dataclass_fields__)
