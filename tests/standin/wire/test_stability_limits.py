"""Stability's models: documented limits are enforced; answers and errors have the documented form."""

from typing import Any

import pytest
from PIL import Image

from standin import Options, StandIn, read_faults
from standin.wire.stability import SIZE_OF_ASPECT_RATIO
from tests.standin.edits import changed, encode, source
from tests.support.harnesses.stand_in_client import CORE, client, invoke, pictures

ULTRA = "stability.stable-image-ultra-v1:1"
SD3 = "stability.sd3-5-large-v1:0"


@pytest.mark.parametrize("model_id", [CORE, ULTRA, SD3])
def test_stability_returns_one_picture_with_its_seed(runtime: Any, model_id: str) -> None:
    answer = invoke(runtime, {"prompt": "a red circle", "seed": 7}, model_id)
    assert answer["seeds"] == [7]
    assert answer["finish_reasons"] == [None]
    assert [(picture.format, picture.size) for picture in pictures(answer)] == [("PNG", (1024, 1024))]


def test_stability_returns_jpeg_when_asked(runtime: Any) -> None:
    answer = invoke(runtime, {"prompt": "a red circle", "output_format": "jpeg"}, CORE)
    assert pictures(answer)[0].format == "JPEG"


def test_stability_chooses_a_seed_for_seed_0(runtime: Any) -> None:
    first = invoke(runtime, {"prompt": "a red circle", "seed": 0}, CORE)
    assert first["seeds"][0] > 0
    assert first == invoke(runtime, {"prompt": "a red circle"}, CORE)


def test_stability_sizes_are_about_a_megapixel_within_the_documented_sides() -> None:
    for ratio, (width_px, height_px) in SIZE_OF_ASPECT_RATIO.items():
        across, down = map(int, ratio.split(":"))
        assert all(640 <= side_px <= 1536 and side_px % 64 == 0 for side_px in (width_px, height_px))
        assert 0.93e6 <= width_px * height_px <= 1.07e6
        assert width_px / height_px == pytest.approx(across / down, rel=0.06)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"prompt": "x" * 10_001}, "#/prompt: expected maxLength: 10000, actual: 10001"),
        ({"negative_prompt": "x" * 10_001}, "#/negative_prompt: expected maxLength: 10000, actual: 10001"),
        ({"aspect_ratio": "4:3"}, "#/aspect_ratio: 4:3 is not a valid enum value"),
        ({"output_format": "webp"}, "#/output_format: webp is not a valid enum value"),
        ({"seed": 4_294_967_296}, "#/seed: 4294967296 is not less or equal to 4294967295"),
        ({"width": 1024}, "#: extraneous key [width] is not permitted"),
        ({"mode": "text-to-image"}, "#: extraneous key [mode] is not permitted"),
    ],
)
def test_core_rejects_values_outside_its_limits(runtime: Any, change: dict[str, Any], fault: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException) as refused:
        invoke(runtime, {"prompt": "a red circle"} | change, CORE)
    assert fault in refused.value.response["Error"]["Message"]


def test_stability_requires_a_prompt(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match=r"required key \[prompt\] not found"):
        invoke(runtime, {}, CORE)


def test_sd3_has_a_smaller_largest_seed_and_returns_webp(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="4294967294"):
        invoke(runtime, {"prompt": "a", "seed": 4_294_967_295}, SD3)
    assert pictures(invoke(runtime, {"prompt": "a", "output_format": "webp"}, SD3))[0].format == "WEBP"


def test_stability_blocks_a_filtered_word_with_http_200(runtime: Any) -> None:
    assert invoke(runtime, {"prompt": "gore"}, CORE) == {"finish_reasons": ["Filter reason: prompt"]}


IMAGE = encode(source(side_px=128))
IMAGE_TO_IMAGE = {"prompt": "a lighthouse", "mode": "image-to-image", "image": IMAGE, "strength": 0.5}


def test_sd3_changes_an_image_by_its_strength(runtime: Any) -> None:
    [kept] = pictures(invoke(runtime, IMAGE_TO_IMAGE | {"strength": 0}, SD3))
    assert not changed(source(side_px=128), kept).any()
    [varied] = pictures(invoke(runtime, IMAGE_TO_IMAGE | {"seed": 5}, SD3))
    assert changed(source(side_px=128), varied).any()
    assert varied.size == (128, 128)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"image": None}, "required key [image] not found"),
        ({"strength": None}, "required key [strength] not found"),
        ({"strength": 1.1}, "#/strength: 1.1 is not less or equal to 1"),
        ({"aspect_ratio": "1:1"}, "#/aspect_ratio: is for mode text-to-image only"),
        ({"mode": "text-to-image"}, "#/image: needs mode image-to-image"),
        ({"mode": "upscale"}, "#/mode: upscale is not a valid enum value"),
        ({"image": encode(Image.new("RGB", (64, 63)))}, "each side must be at least 64 px"),
    ],
)
def test_sd3_rejects_a_wrong_image_to_image(runtime: Any, change: dict[str, Any], fault: str) -> None:
    body = {name: value for name, value in (IMAGE_TO_IMAGE | change).items() if value is not None}
    with pytest.raises(runtime.exceptions.ValidationException) as refused:
        invoke(runtime, body, SD3)
    assert fault in refused.value.response["Error"]["Message"]


def test_core_takes_no_image(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match=r"extraneous key \[image\] is not permitted"):
        invoke(runtime, {"prompt": "a", "image": IMAGE}, CORE)


def test_sd3_filters_the_input_image() -> None:
    with StandIn(Options(error_rate=0, faults=read_faults([{"on": "image", "fault": "filter_input"}]))) as bedrock:
        runtime = client(bedrock.url)
        assert invoke(runtime, IMAGE_TO_IMAGE, SD3) == {"finish_reasons": ["Filter reason: input image"]}
        assert invoke(runtime, {"prompt": "a house"}, SD3)["images"]
