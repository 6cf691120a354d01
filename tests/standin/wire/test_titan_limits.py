"""Titan: documented limits are enforced, with the service's messages."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from standin.wire.titan_config import SIZES_PX, parse_generation_config
from tests.support.harnesses.stand_in_client import TITAN, invoke, pictures, titan_body

MALFORMED = "Malformed input request: {}, please reformat your input and try again."


def test_titan_returns_the_number_and_size_of_pictures_asked_for(runtime: Any) -> None:
    answer = invoke(runtime, titan_body("a red circle", numberOfImages=3, width=640, height=384))
    assert set(answer) == {"images", "error"}
    assert answer["error"] is None
    assert [(picture.format, picture.size) for picture in pictures(answer)] == [("PNG", (640, 384))] * 3
    assert len(set(answer["images"])) == 3


def test_titan_v1_is_served(runtime: Any) -> None:
    assert len(invoke(runtime, titan_body("a red circle"), "amazon.titan-image-generator-v1")["images"]) == 1


@pytest.mark.parametrize("size_px", sorted(SIZES_PX))
def test_titan_accepts_every_documented_size(size_px: tuple[int, int]) -> None:
    assert parse_generation_config({"width": size_px[0], "height": size_px[1]})[:2] == size_px


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": "x" * 513}, "#/textToImageParams/text: expected maxLength: 512, actual: 513"),
        ({"text": ""}, "#/textToImageParams/text: expected minLength: 1, actual: 0"),
        ({"text": 5}, "#/textToImageParams/text: expected type: String, found: Integer"),
        ({"text": "a", "style": "x"}, "#/textToImageParams: extraneous key [style] is not permitted"),
        ({"negativeText": "x" * 513}, "#/textToImageParams/negativeText: expected maxLength: 512, actual: 513"),
        ({"negativeText": ""}, "#/textToImageParams/negativeText: expected minLength: 1, actual: 0"),
        ({"seed": 2_147_483_647}, "#/imageGenerationConfig/seed: 2147483647 is not less or equal to 2147483646"),
        ({"seed": -1}, "#/imageGenerationConfig/seed: -1 is not greater or equal to 0"),
        ({"seed": True}, "#/imageGenerationConfig/seed: expected type: Integer, found: Boolean"),
        ({"numberOfImages": 6}, "#/imageGenerationConfig/numberOfImages: 6 is not less or equal to 5"),
        ({"numberOfImages": 0}, "#/imageGenerationConfig/numberOfImages: 0 is not greater or equal to 1"),
        ({"cfgScale": 10.1}, "#/imageGenerationConfig/cfgScale: 10.1 is not less or equal to 10.0"),
        ({"cfgScale": 1.0}, "#/imageGenerationConfig/cfgScale: 1.0 is not greater or equal to 1.1"),
        ({"quality": "best"}, "#/imageGenerationConfig/quality: best is not a valid enum value"),
        ({"steps": 30}, "#/imageGenerationConfig: extraneous key [steps] is not permitted"),
    ],
)
def test_titan_rejects_values_outside_its_limits(runtime: Any, change: dict[str, Any], fault: str) -> None:
    body = titan_body("a red circle")
    for name, value in change.items():
        place = "textToImageParams" if name in ("text", "negativeText", "style") else "imageGenerationConfig"
        body[place][name] = value
    with pytest.raises(runtime.exceptions.ValidationException) as refused:
        invoke(runtime, body)
    assert refused.value.response["Error"]["Message"] == MALFORMED.format(fault)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, MALFORMED.format("#: required key [taskType] not found")),
        ({"taskType": "TEXT_IMAGE"}, MALFORMED.format("#: required key [textToImageParams] not found")),
        (
            {"taskType": "TEXT_IMAGE", "textToImageParams": {}},
            MALFORMED.format("#/textToImageParams: required key [text] not found"),
        ),
        ({"taskType": "PAINT"}, MALFORMED.format("#/taskType: PAINT is not a valid enum value")),
        (titan_body("a") | {"prompt": "a"}, MALFORMED.format("#: extraneous key [prompt] is not permitted")),
    ],
)
def test_titan_rejects_a_malformed_body(runtime: Any, body: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match="Malformed") as refused:
        invoke(runtime, body)
    assert refused.value.response["Error"]["Message"] == message


@pytest.mark.parametrize("size_px", [(1024, 768), (1000, 1000)])
def test_titan_rejects_an_undocumented_size(runtime: Any, size_px: tuple[int, int]) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="Unsupported image size"):
        invoke(runtime, titan_body("a red circle", width=size_px[0], height=size_px[1]))


def test_titan_blocks_a_filtered_word_with_the_documented_message(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="blocked by our content filters"):
        invoke(runtime, titan_body("A forbidden red circle"))


def test_image_model_when_unknown_then_the_identifier_is_invalid(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="The provided model identifier is invalid"):
        invoke(runtime, titan_body("a"), "us." + TITAN)
