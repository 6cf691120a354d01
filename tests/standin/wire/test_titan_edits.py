"""Titan's edits: fields, limits, masks and answers of each task."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from standin import Options, StandIn, read_faults
from tests.standin.edits import TITAN_V1, TITAN_V2, changed, encode, inside, mask, source, titan_edit
from tests.support.harnesses.stand_in_client import client, invoke, pictures

SIZE_PX = (128, 128)
BOX = (20, 20, 60, 60)
SOURCE = source(side_px=128)
IMAGE = encode(SOURCE)
MASK = encode(mask(BOX, inside=0, size_px=SIZE_PX))
PARAMS: dict[str, dict[str, Any]] = {
    "INPAINTING": {"image": IMAGE, "maskImage": MASK, "text": "a house"},
    "TEXT_IMAGE": {"text": "a house", "conditionImage": IMAGE},
    "OUTPAINTING": {"image": IMAGE, "maskImage": MASK, "text": "a house"},
    "IMAGE_VARIATION": {"images": [IMAGE]},
    "COLOR_GUIDED_GENERATION": {"text": "a circle", "colors": ["#102030", "#A0B0C0"]},
    "BACKGROUND_REMOVAL": {"image": IMAGE},
}
"""The params of each task."""


def refusal(runtime: Any, task: str, change: dict[str, Any], model_id: str = TITAN_V2, **config: Any) -> str:
    """Return the message of the ValidationException for params with a change; None removes a field."""
    params = {name: value for name, value in (PARAMS[task] | change).items() if value is not None}
    with pytest.raises(runtime.exceptions.ValidationException) as refused:
        invoke(runtime, titan_edit(task, params, **config), model_id)
    message: str = refused.value.response["Error"]["Message"]
    return message


def test_inpainting_changes_what_is_black_in_the_mask(runtime: Any) -> None:
    answer = invoke(runtime, titan_edit("INPAINTING", PARAMS["INPAINTING"], numberOfImages=2))
    assert answer["error"] is None
    assert [picture.size for picture in pictures(answer)] == [SIZE_PX] * 2
    for picture in pictures(answer):
        assert changed(SOURCE, picture).any()
        assert not (changed(SOURCE, picture) & ~inside(BOX, SIZE_PX)).any()


@pytest.mark.parametrize("task", sorted(PARAMS))
def test_task_answers_with_pictures_of_its_size(runtime: Any, task: str) -> None:
    has_own_size = task in ("TEXT_IMAGE", "IMAGE_VARIATION", "COLOR_GUIDED_GENERATION")
    config = {"width": 384, "height": 640} if has_own_size else {}
    answer = invoke(runtime, titan_edit(task, PARAMS[task], **config))
    assert [picture.size for picture in pictures(answer)] == [(384, 640) if has_own_size else SIZE_PX]
    assert answer["error"] is None


def test_outpainting_keeps_what_is_black_in_the_mask(runtime: Any) -> None:
    body = titan_edit("OUTPAINTING", PARAMS["OUTPAINTING"] | {"outPaintingMode": "PRECISE"})
    [picture] = pictures(invoke(runtime, body))
    assert changed(SOURCE, picture).any()
    assert not (changed(SOURCE, picture) & inside(BOX, SIZE_PX)).any()


def test_mask_prompt_masks_what_it_names_and_nothing_if_it_is_not_there(runtime: Any) -> None:
    params = {"image": IMAGE, "maskPrompt": "the blue square", "returnMask": True}
    answer = invoke(runtime, titan_edit("INPAINTING", params))
    [picture], [found] = pictures(answer), pictures({"images": [answer["maskImage"]]})
    black = np.asarray(found)[..., 0] == 0
    assert 0.02 < black.mean() < 0.2
    assert changed(SOURCE, picture).any()
    assert not (changed(SOURCE, picture) & ~black).any()
    [same] = pictures(invoke(runtime, titan_edit("INPAINTING", params | {"maskPrompt": "the velvet cat"})))
    assert not changed(SOURCE, same).any()


def test_return_mask_adds_the_mask(runtime: Any) -> None:
    answer = invoke(runtime, titan_edit("INPAINTING", PARAMS["INPAINTING"] | {"returnMask": True}))
    assert pictures({"images": [answer["maskImage"]]})[0].size == SIZE_PX
    assert "maskImage" not in invoke(runtime, titan_edit("INPAINTING", PARAMS["INPAINTING"]))


def test_background_removal_answers_with_transparency(runtime: Any) -> None:
    [picture] = pictures(invoke(runtime, titan_edit("BACKGROUND_REMOVAL", PARAMS["BACKGROUND_REMOVAL"])))
    assert picture.mode == "RGBA"
    assert picture.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("task", "change", "fault"),
    [
        ("INPAINTING", {"image": None}, "#/inPaintingParams: required key [image] not found"),
        ("INPAINTING", {"text": "x" * 513}, "#/inPaintingParams/text: expected maxLength: 512, actual: 513"),
        ("INPAINTING", {"text": ""}, "#/inPaintingParams/text: expected minLength: 1, actual: 0"),
        ("INPAINTING", {"style": "x"}, "#/inPaintingParams: extraneous key [style] is not permitted"),
        ("INPAINTING", {"returnMask": 1}, "#/inPaintingParams/returnMask: expected type: Boolean, found: Integer"),
        ("INPAINTING", {"maskPrompt": "a circle"}, "give exactly one of maskPrompt and maskImage"),
        ("INPAINTING", {"maskImage": None}, "give exactly one of maskPrompt and maskImage"),
        ("INPAINTING", {"image": encode(Image.new("RGB", (1_409, 8)))}, "the longest side may be 1408 px"),
        ("INPAINTING", {"image": encode(SOURCE, "WEBP")}, "is WEBP, not one of JPEG, PNG"),
        ("INPAINTING", {"image": encode(Image.new("RGBA", SIZE_PX, (1, 2, 3, 254)))}, "pixels that are not opaque"),
        ("INPAINTING", {"maskImage": encode(mask(BOX, inside=0))}, "the mask is 512x512, the image 128x128"),
        (
            "INPAINTING",
            {"maskImage": encode(mask(BOX, inside=1, size_px=SIZE_PX))},
            "other than black (0 0 0) and white",
        ),
        (
            "INPAINTING",
            {"maskImage": encode(mask(BOX, inside=0, size_px=SIZE_PX, mode="L"))},
            "the mask has the mode L; it must be RGB",
        ),
        (
            "INPAINTING",
            {"maskImage": encode(mask(BOX, inside=0, size_px=SIZE_PX, mode="RGBA"))},
            "the mask has the mode RGBA; it must be RGB",
        ),
        (
            "INPAINTING",
            {"maskImage": None, "maskPrompt": "x" * 513},
            "maskPrompt: expected maxLength: 512, actual: 513",
        ),
        ("TEXT_IMAGE", {"controlStrength": 1.1}, "controlStrength: 1.1 is not less or equal to 1.0"),
        ("TEXT_IMAGE", {"controlMode": "SKETCH"}, "controlMode: SKETCH is not a valid enum value"),
        ("TEXT_IMAGE", {"conditionImage": None, "controlStrength": 0.5}, "controlStrength: needs conditionImage"),
        ("TEXT_IMAGE", {"conditionImage": None, "controlMode": "CANNY_EDGE"}, "controlMode: needs conditionImage"),
        ("TEXT_IMAGE", {"conditionImage": encode(Image.new("RGB", (8, 1_409)))}, "the longest side may be 1408 px"),
        ("OUTPAINTING", {"text": None}, "#/outPaintingParams: required key [text] not found"),
        ("OUTPAINTING", {"outPaintingMode": "EXACT"}, "outPaintingMode: EXACT is not a valid enum value"),
        ("OUTPAINTING", {"maskPrompt": "a circle"}, "give exactly one of maskPrompt and maskImage"),
        ("IMAGE_VARIATION", {"images": []}, "#/imageVariationParams/images: expected minimum item count: 1, found: 0"),
        ("IMAGE_VARIATION", {"images": [IMAGE] * 6}, "images: expected maximum item count: 5, found: 6"),
        ("IMAGE_VARIATION", {"images": IMAGE}, "images: expected type: JSONArray, found: String"),
        ("IMAGE_VARIATION", {"similarityStrength": 0.1}, "similarityStrength: 0.1 is not greater or equal to 0.2"),
        ("COLOR_GUIDED_GENERATION", {"colors": []}, "colors: expected minimum item count: 1, found: 0"),
        ("COLOR_GUIDED_GENERATION", {"colors": ["#102030"] * 11}, "colors: expected maximum item count: 10, found: 11"),
        ("COLOR_GUIDED_GENERATION", {"colors": ["#12"]}, "colors/0: #12 is not a colour"),
        ("COLOR_GUIDED_GENERATION", {"text": None}, "required key [text] not found"),
        ("COLOR_GUIDED_GENERATION", {"referenceImage": "?"}, "referenceImage: the text is not valid base64"),
        ("BACKGROUND_REMOVAL", {"text": "a"}, "#/backgroundRemovalParams: extraneous key [text] is not permitted"),
    ],
)
def test_value_outside_the_limits(runtime: Any, task: str, change: dict[str, Any], fault: str) -> None:
    assert fault in refusal(runtime, task, change)


def test_image_of_more_than_five_megabytes(runtime: Any) -> None:
    noise = Image.effect_noise((1_408, 1_408), 90).convert("RGB")
    assert "more than 5242880" in refusal(runtime, "BACKGROUND_REMOVAL", {"image": encode(noise, compress_level=0)})


def test_background_removal_takes_no_config(runtime: Any) -> None:
    body = titan_edit("BACKGROUND_REMOVAL", PARAMS["BACKGROUND_REMOVAL"]) | {"imageGenerationConfig": {}}
    with pytest.raises(runtime.exceptions.ValidationException, match=r"extraneous key \[imageGenerationConfig\]"):
        invoke(runtime, body)


@pytest.mark.parametrize("task", ["BACKGROUND_REMOVAL", "COLOR_GUIDED_GENERATION"])
def test_v1_lacks_tasks_of_v2(runtime: Any, task: str) -> None:
    assert f"does not take {task}" in refusal(runtime, task, {}, TITAN_V1)


def test_v1_has_no_conditions(runtime: Any) -> None:
    assert "extraneous key [conditionImage] is not permitted" in refusal(runtime, "TEXT_IMAGE", {}, TITAN_V1)


@pytest.mark.parametrize("kind", ["provisioned-model", "custom-model", "custom-model-deployment"])
@pytest.mark.parametrize("task", sorted(PARAMS))
def test_fine_tuned_titan_has_neither_in_nor_outpainting_nor_a_palette(runtime: Any, kind: str, task: str) -> None:
    arn = f"arn:aws:bedrock:us-west-2:123456789012:{kind}/abcdefghijkl"
    if task in ("INPAINTING", "OUTPAINTING", "COLOR_GUIDED_GENERATION"):
        assert f"does not take {task}" in refusal(runtime, task, {}, arn)
    else:
        config = {} if task == "BACKGROUND_REMOVAL" else {"width": 384, "height": 384 + 192}
        assert invoke(runtime, titan_edit(task, PARAMS[task], **config), arn)["images"]


def test_variation_takes_pictures_of_any_size(runtime: Any) -> None:
    large = encode(Image.new("RGB", (1_409, 1_409)))
    assert invoke(runtime, titan_edit("IMAGE_VARIATION", {"images": [large, IMAGE]}, width=512, height=512))["images"]


def test_input_filter_has_its_own_message() -> None:
    with StandIn(Options(error_rate=0, faults=read_faults([{"on": "image", "fault": "filter_input"}]))) as bedrock:
        runtime = client(bedrock.url)
        assert "Please adjust your input image" in refusal(runtime, "INPAINTING", {})
        assert invoke(runtime, titan_edit("TEXT_IMAGE", {"text": "a house"}))["images"]
