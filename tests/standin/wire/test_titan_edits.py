"""Titan's edits: fields, limits, masks and answers of each task."""

from typing import Any

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


def test_v1_has_no_background_removal(runtime: Any) -> None:
    assert "does not take BACKGROUND_REMOVAL" in refusal(runtime, "BACKGROUND_REMOVAL", {}, TITAN_V1)


def test_fine_tuned_titan_has_no_inpainting(runtime: Any) -> None:
    arn = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abcdefghijkl"
    assert "does not take INPAINTING" in refusal(runtime, "INPAINTING", {}, arn)
    assert invoke(runtime, titan_edit("TEXT_IMAGE", {"text": "a house"}), arn)["images"]


def test_input_filter_has_its_own_message() -> None:
    with StandIn(Options(error_rate=0, faults=read_faults([{"on": "image", "fault": "filter_input"}]))) as bedrock:
        runtime = client(bedrock.url)
        assert "Please adjust your input image" in refusal(runtime, "INPAINTING", {})
        assert invoke(runtime, titan_edit("TEXT_IMAGE", {"text": "a house"}))["images"]
