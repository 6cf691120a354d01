"""The table of tasks is complete, and every combination that a model or a task lacks is refused in one line."""

import re
from typing import Any

import pytest

from lambdas.core.catalogue.models import image_model, image_models, models_doing
from lambdas.core.models.image import ADAPTERS
from lambdas.core.request.content import content_sha256
from lambdas.core.request.request import FIELDS, Request, parse_request
from lambdas.core.request.tasks import OPERATIONS, TASK_FIELDS, TASK_OF, TASKS
from lambdas.core.request.tasks.own_requirements import own_texts, pixel_checks
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings

ANY = Settings(bucket="pictures", extra_model_ids=("*",))
A, B = "s3://pictures/a.png", "s3://pictures/b.png"
INPAINT = {"task_type": "INPAINTING", "images": [A], "mask_image": B, "prompt": "a lamp"}
REMOVAL = {"task_type": "INPAINTING", "images": [A], "mask_image": B}
EXTEND = {"task_type": "OUTPAINTING", "images": [A], "extend_px": {"left": 64}, "prompt": "a meadow"}
VARIATION = {"task_type": "IMAGE_VARIATION", "images": [A]}
PALETTE = {"task_type": "COLOR_GUIDED_GENERATION", "colors": ["#102030"], "prompt": "a lamp"}
CUT_OUT = {"task_type": "BACKGROUND_REMOVAL", "images": [A]}
RECOLOR = {"task_type": "SEARCH_RECOLOR", "images": [A], "mask_prompt": "the car", "prompt": "a blue car"}
SKETCH = {"condition_image": A, "control_mode": "SKETCH", "prompt": "a lamp"}
TITAN, CORE = "amazon.titan-image-generator-v2:0", "stability.stable-image-core-v1:1"


def parsed(event: dict[str, Any], settings: Settings = ANY) -> Request:
    return parse_request(event, settings, "run-1")


def without(event: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}


def test_each_operation_is_done_by_a_model_whose_adapter_has_it() -> None:
    for operation in OPERATIONS:
        assert models_doing(operation), operation
    for model in image_models().values():
        assert set(model.operations) <= ADAPTERS[model.family].OPERATIONS, model.name
        assert set(model.operations) <= set(OPERATIONS)
        takes_pictures = any(operation not in ("text", "palette") for operation in model.operations)
        assert (model.input is not None) == takes_pictures
    for family, adapter in ADAPTERS.items():
        done = {name for model in image_models().values() if model.family == family for name in model.operations}
        assert done == adapter.OPERATIONS, family


def test_each_task_has_fields_of_the_request_and_texts_for_its_requirements() -> None:
    assert set(TASK_FIELDS) <= set(FIELDS) and set(TASK_FIELDS) == {
        one for task in TASKS.values() for one in task.fields
    }
    named = {one for operation, task in TASK_OF.items() for one in TASKS[task].requirements(operation)}
    assert named == set(own_texts())


@pytest.mark.parametrize(
    ("event", "operation", "model_id"),
    [
        ({"prompt": "a lamp"}, "text", CORE),
        (INPAINT, "inpaint_mask", "stability.stable-image-inpaint-v1:0"),
        (REMOVAL, "remove_mask", "stability.stable-image-erase-object-v1:0"),
        (
            {**without(INPAINT, "mask_image"), "mask_prompt": "the car"},
            "inpaint_mask_prompt",
            "stability.stable-image-search-replace-v1:0",
        ),
        ({**without(REMOVAL, "mask_image"), "mask_prompt": "the car"}, "remove_mask_prompt", None),
        (EXTEND, "outpaint_extend", "stability.stable-outpaint-v1:0"),
        ({**without(EXTEND, "extend_px"), "mask_image": B}, "outpaint_mask", None),
        ({**without(EXTEND, "extend_px"), "mask_prompt": "the car"}, "outpaint_mask_prompt", None),
        (VARIATION, "variation", "stability.sd3-5-large-v1:0"),
        (PALETTE, "palette", TITAN),
        (CUT_OUT, "background_removal", "stability.stable-image-remove-background-v1:0"),
        (RECOLOR, "recolor", "stability.stable-image-search-recolor-v1:0"),
        (SKETCH, "condition_sketch", "stability.stable-image-control-sketch-v1:0"),
        ({**SKETCH, "control_mode": "SEGMENTATION"}, "condition_segmentation", TITAN),
        (without(SKETCH, "control_mode"), "condition_canny_edge", "stability.stable-image-control-structure-v1:0"),
        ({"prompt": "a lamp", "reference_image": A}, "style_reference", "stability.stable-image-style-guide-v1:0"),
    ],
)
def test_a_request_without_a_model_gets_a_living_one_that_does_its_operation(
    event: dict[str, Any], operation: str, model_id: str | None
) -> None:
    request = parsed(event)
    assert request.operation == operation
    assert operation in request.image_model.operations
    assert model_id in (None, request.image_model_id)
    assert Request.from_record(request.to_record()) == request


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ({**INPAINT, "mask_prompt": "the car"}, "mask_prompt: mask_image is given too; .* so leave one out"),
        (without(INPAINT, "mask_image"), "mask_image: is missing; INPAINTING needs mask_image or mask_prompt"),
        (without(INPAINT, "images"), "images: is missing; INPAINTING needs the picture to change"),
        ({**INPAINT, "images": [A, B]}, "images: has 2 pictures; INPAINTING takes one picture"),
        ({**VARIATION, "images": [A] * 6}, r"images: has 6 pictures; give 1 to 5"),
        ({**VARIATION, "images": []}, r"images: has 0 pictures; give 1 to 5"),
        ({"prompt": "x", "control_strength": 0.5}, "control_strength: there is no condition_image .*; give one"),
        ({**SKETCH, "reference_image": B}, "reference_image: condition_image is given too, .*; leave one out"),
        ({**PALETTE, "colors": ["#12"]}, r'colors\[0\]: "#12" is not a colour; give six hex digits'),
        ({**PALETTE, "colors": ["#102030"] * 11}, "colors: has 11 colours; give 1 to 10"),
        (without(PALETTE, "colors"), "colors: is missing; COLOR_GUIDED_GENERATION needs 1 to 10 colours"),
        ({**VARIATION, "similarity_strength": 0.1}, "similarity_strength: 0.1 is out of range; .* from 0.2 to 1"),
        ({**CUT_OUT, "prompt": "a car"}, "prompt: BACKGROUND_REMOVAL takes none; leave it out"),
        ({**CUT_OUT, "titan_img_number_of_images": 2}, "titan_img_number_of_images: .* takes no seed .*; give 1"),
        (without(RECOLOR, "mask_prompt"), "mask_prompt: is missing; SEARCH_RECOLOR needs the thing to recolour"),
        (without(RECOLOR, "prompt"), "prompt: is missing; say what the picture must show"),
        ({**EXTEND, "extend_px": {"left": 0, "up": 0}}, "extend_px: every side is 0; give at least one"),
        ({**EXTEND, "extend_px": {"left": 2001}}, r"extend_px.left: 2001 is out of range; .* from 0 to 2000"),
        ({**EXTEND, "extend_px": {"top": 5}}, r"extend_px.top: there is no such field"),
        ({**without(EXTEND, "prompt"), "image_model_id": TITAN}, "prompt: is missing; Titan .* needs one for OUTPAINTING"),
        ({**VARIATION, "colors": ["#102030"]}, "colors: IMAGE_VARIATION does not take it; leave it out"),
        ({**PALETTE, "image_model_id": CORE}, f"image_model_id: .* does not do COLOR_GUIDED_GENERATION; .* {TITAN}"),
        ({**RECOLOR, "image_model_id": TITAN}, "image_model_id: Titan .* does not do SEARCH_RECOLOR; .* us.stability"),
        ({**VARIATION, "images": [A, B], "image_model_id": "stability.sd3-5-large-v1:0"}, "images: has 2 pictures; Stable"),
        ({**CUT_OUT, "images": ["s3://foreign-bucket/a.png"]}, r"images\[0\]: .* the bucket \"foreign-bucket\"; .*input_buckets"),
        ({**CUT_OUT, "images": ["file:///etc/passwd"]}, r"images\[0\]: .* begins with file:, which is not read; give s3:"),
        ({**CUT_OUT, "images": ["http://example.com/a.png"]}, r"images\[0\]: .* begins with http:, which is not read"),
        ({**CUT_OUT, "images": ["../a.png"]}, r"images\[0\]: \"../a.png\" is not a path beside the event; .* without \.\."),
        ({**CUT_OUT, "images": ["s3://pictures/x/../a.png"]}, r"images\[0\]: .* is not an address in S3"),
        ({**CUT_OUT, "images": ["a.png"]}, r"images\[0\]: \"a.png\" is a relative path, and an execution has no folder"),
        ({**CUT_OUT, "images": ["iVBORw0KGgo" * 200]}, r"images\[0\]: holds the bytes of a picture, not its address"),
        ({**CUT_OUT, "images": "a.png"}, "images: \"a.png\" is not a list"),
        ({**CUT_OUT, "task_type": "REMOVE"}, 'task_type: "REMOVE" is not one of its values; give TEXT_IMAGE or'),
    ],
)  # fmt: skip
def test_a_wrong_combination_gets_one_line_that_names_the_field_and_the_fix(event: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parsed(event)
    (fault,) = refused.value.faults
    assert re.match(line, fault), fault


def test_all_faults_of_a_task_are_named_at_once() -> None:
    event = {
        "task_type": "BACKGROUND_REMOVAL",
        "prompt": "x",
        "mask_image": B,
        "colors": ["#12"],
        "similarity_strength": 2,
    }
    with pytest.raises(InvalidRequestError) as refused:
        parsed(event)
    named = [line.partition(":")[0] for line in refused.value.faults]
    assert sorted(named) == [
        "colors",
        "colors[0]",
        "images",
        "mask_image",
        "prompt",
        "similarity_strength",
        "similarity_strength",
    ]


def test_an_image_service_may_be_named_with_or_without_its_profile_and_is_called_by_it() -> None:
    name = "stability.stable-image-inpaint-v1:0"
    for model_id in (name, f"us.{name}"):
        assert parsed({**INPAINT, "image_model_id": model_id}).image_model_id == name
    assert image_model(name).call_id == f"us.{name}"
    with pytest.raises(InvalidRequestError, match="no image model"):
        parsed({**INPAINT, "image_model_id": f"eu.{name}"})


def test_the_models_of_the_settings_come_first_and_no_other_is_called_in_a_deployment() -> None:
    by_task = Settings(bucket="pictures", image_model_ids={"INPAINTING": "us.stability.stable-image-inpaint-v1:0"})
    assert parsed(INPAINT, by_task).image_model_id == "stability.stable-image-inpaint-v1:0"
    assert parsed({"prompt": "a lamp"}, by_task).image_model_id == CORE
    with pytest.raises(
        InvalidRequestError, match="^task_type: no image model of this deployment does INPAINTING with mask_image and"
    ):
        parsed(REMOVAL, by_task)
    titan = Settings(bucket="pictures", image_model_id=TITAN, image_model_ids=by_task.image_model_ids)
    assert parsed(REMOVAL, titan).image_model_id == TITAN
    assert Settings.from_environment(by_task.to_environment()) == by_task
    with pytest.raises(InvalidRequestError, match="RETAKE_IMAGE_MODEL_IDS: .* is not a JSON object of texts"):
        Settings.from_environment({"RETAKE_BUCKET": "b", "RETAKE_IMAGE_MODEL_IDS": "[1]"})


def test_without_a_prompt_nothing_is_revised_and_without_a_seed_nothing_is_retried() -> None:
    removal, cut_out, inpaint = parsed(REMOVAL), parsed(CUT_OUT), parsed(INPAINT)
    assert (removal.max_retry_attempts, removal.max_prompt_revisions) == (5, 0)
    assert (cut_out.max_retry_attempts, cut_out.max_prompt_revisions) == (1, 0)
    assert (inpaint.max_retry_attempts, inpaint.max_prompt_revisions) == (5, 3)


def test_the_task_adds_its_requirements_and_a_named_thing_stands_in_them() -> None:
    assert [item.id for item in parsed(INPAINT).added_requirements] == ["task-kept", "pixels-kept"]
    recolor = parsed(RECOLOR).added_requirements[0]
    assert recolor.kind == "kept" and recolor.text.endswith("from the source: the car")
    with pytest.raises(InvalidRequestError, match="is also the id of task_type"):
        parsed({**INPAINT, "requirements": [{"id": "task-kept", "text": "a lamp"}]})


def test_pictures_are_named_in_order_and_a_mask_is_not_shown_to_the_judge() -> None:
    request = parsed({**VARIATION, "images": [A, B], "image_model_id": TITAN})
    assert request.pictures == {"images-1": A, "images-2": B}
    assert parsed(INPAINT).pictures == {"images-1": A, "mask_image": B}
    assert parsed(INPAINT).judged_pictures == ("images-1",)


def test_a_request_of_an_earlier_version_has_the_same_hash() -> None:
    plain = parsed({"prompt": "a lamp"})
    assert content_sha256(plain) == content_sha256(parsed({"prompt": "a lamp", "task_type": "TEXT_IMAGE"}))
    record = {name: value for name, value in plain.to_record().items() if name not in (*TASK_FIELDS, "task_type")}
    assert content_sha256(Request.from_record(record)) == content_sha256(plain)
    assert content_sha256(parsed(INPAINT)) != content_sha256(parsed({**INPAINT, "mask_image": A}))


def test_only_the_tasks_own_requirements_are_decided_by_pixels() -> None:
    assert pixel_checks(vars(parsed(INPAINT))) == {"pixels-kept": "kept"}
    assert pixel_checks(vars(parsed(CUT_OUT))) == {"pixels-transparent": "transparent"}
    named_alike = parsed({"prompt": "x", "requirements": [{"id": "pixels-kept", "text": "a lamp"}]})
    assert pixel_checks(vars(named_alike)) == {}
