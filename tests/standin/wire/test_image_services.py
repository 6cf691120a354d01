"""Stability's Image Services: ids, fields, limits, filters and answers."""

from typing import Any

import boto3
import pytest
from PIL import Image

from standin import Options, StandIn, read_faults
from standin.wire.image_api import PROFILE_REGIONS
from tests.standin.edits import MODELS, encode, mask, source
from tests.support.harnesses.stand_in_client import client, invoke, pictures

IMAGE = encode(source(side_px=128))
MASK = encode(mask((20, 20, 60, 60), inside=255, size_px=(128, 128)))
BODIES: dict[str, dict[str, Any]] = {
    "inpaint": {"prompt": "a red circle", "image": IMAGE, "mask": MASK},
    "erase-object": {"image": IMAGE, "mask": MASK},
    "search-replace": {"prompt": "a red circle", "image": IMAGE, "search_prompt": "a blue square"},
    "search-recolor": {"prompt": "a green square", "image": IMAGE, "select_prompt": "the blue square"},
    "outpaint": {"image": IMAGE, "left": 64},
    "remove-background": {"image": IMAGE},
    "control-sketch": {"prompt": "a red circle", "image": IMAGE},
    "control-structure": {"prompt": "a red circle", "image": IMAGE},
    "style-guide": {"prompt": "a red circle", "image": IMAGE},
}
"""A body of each service with its required fields."""
SIZES_PX = {"outpaint": (192, 128), "style-guide": (1024, 1024)}
"""The size of the answer, where it is not the image's."""
WITHOUT_PROMPT = ("erase-object", "remove-background")


def refusal(runtime: Any, service: str, change: dict[str, Any]) -> str:
    """Return the message of the ValidationException for a body with a change; None removes a field."""
    body = {name: value for name, value in (BODIES[service] | change).items() if value is not None}
    with pytest.raises(runtime.exceptions.ValidationException) as refused:
        invoke(runtime, body, MODELS[service])
    message: str = refused.value.response["Error"]["Message"]
    return message


@pytest.mark.parametrize("service", sorted(BODIES))
def test_service_answers_with_one_picture_and_its_seed(runtime: Any, service: str) -> None:
    body = BODIES[service]
    answer = invoke(runtime, body if service == "remove-background" else body | {"seed": 7}, MODELS[service])
    size_px = SIZES_PX.get(service, (128, 128))
    assert answer["finish_reasons"] == [None]
    assert answer.get("seeds") == (None if service == "remove-background" else [7])
    assert [(picture.format, picture.size) for picture in pictures(answer)] == [("PNG", size_px)]


@pytest.mark.parametrize("service", sorted(BODIES))
def test_service_without_its_profile_is_refused(runtime: Any, service: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="with the ID or ARN of an inference profile"):
        invoke(runtime, BODIES[service], MODELS[service].removeprefix("us."))


@pytest.mark.parametrize("model_id", ["eu.stability.stable-image-inpaint-v1:0", "us.stability.stable-image-core-v1:1"])
def test_unknown_profile_is_an_invalid_identifier(runtime: Any, model_id: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="The provided model identifier is invalid"):
        invoke(runtime, BODIES["inpaint"], model_id)


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2", "us-west-2", "eu-central-1", "us-west-1"])
def test_profile_is_served_in_its_regions_only(stand_in: StandIn, region: str) -> None:
    runtime = boto3.client(
        "bedrock-runtime",
        endpoint_url=stand_in.url,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    if region in PROFILE_REGIONS:
        assert invoke(runtime, BODIES["remove-background"], MODELS["remove-background"])["images"]
    else:
        with pytest.raises(runtime.exceptions.ValidationException, match="The provided model identifier is invalid"):
            invoke(runtime, BODIES["remove-background"], MODELS["remove-background"])


@pytest.mark.parametrize("service", sorted(BODIES))
def test_required_field_missing(runtime: Any, service: str) -> None:
    for name in {"prompt", "image", "search_prompt", "select_prompt"} & set(BODIES[service]):
        assert f"#: required key [{name}] not found" in refusal(runtime, service, {name: None})


@pytest.mark.parametrize(
    ("service", "change", "fault"),
    [
        ("inpaint", {"grow_mask": 21}, "#/grow_mask: 21 is not less or equal to 20"),
        ("inpaint", {"grow_mask": -1}, "#/grow_mask: -1 is not greater or equal to 0"),
        ("inpaint", {"seed": 4_294_967_295}, "#/seed: 4294967295 is not less or equal to 4294967294"),
        ("inpaint", {"prompt": "x" * 10_001}, "#/prompt: expected maxLength: 10000, actual: 10001"),
        ("inpaint", {"negative_prompt": "x" * 10_001}, "#/negative_prompt: expected maxLength: 10000, actual: 10001"),
        ("inpaint", {"output_format": "gif"}, "#/output_format: gif is not a valid enum value"),
        ("inpaint", {"style_preset": "oil"}, "#/style_preset: oil is not a valid enum value"),
        ("inpaint", {"strength": 0.5}, "#: extraneous key [strength] is not permitted"),
        ("erase-object", {"prompt": "a"}, "#: extraneous key [prompt] is not permitted"),
        ("erase-object", {"style_preset": "anime"}, "#: extraneous key [style_preset] is not permitted"),
        ("search-replace", {"search_prompt": "x" * 10_001}, "#/search_prompt: expected maxLength: 10000"),
        ("search-replace", {"mask": MASK}, "#: extraneous key [mask] is not permitted"),
        ("search-recolor", {"select_prompt": 5}, "#/select_prompt: expected type: String, found: Integer"),
        ("search-recolor", {"grow_mask": 21}, "#/grow_mask: 21 is not less or equal to 20"),
        ("outpaint", {"left": 0}, "at least one of left, right, up and down must be more than 0"),
        ("outpaint", {"left": None}, "at least one of left, right, up and down must be more than 0"),
        ("outpaint", {"up": 2_001}, "#/up: 2001 is not less or equal to 2000"),
        ("outpaint", {"down": -1}, "#/down: -1 is not greater or equal to 0"),
        ("outpaint", {"creativity": 0.05}, "#/creativity: 0.05 is not greater or equal to 0.1"),
        ("outpaint", {"creativity": 1.1}, "#/creativity: 1.1 is not less or equal to 1.0"),
        ("outpaint", {"negative_prompt": "a"}, "#: extraneous key [negative_prompt] is not permitted"),
        ("control-sketch", {"control_strength": 1.1}, "#/control_strength: 1.1 is not less or equal to 1"),
        ("control-structure", {"control_strength": -0.1}, "#/control_strength: -0.1 is not greater or equal to 0"),
        ("control-structure", {"fidelity": 0.5}, "#: extraneous key [fidelity] is not permitted"),
        ("style-guide", {"fidelity": 1.1}, "#/fidelity: 1.1 is not less or equal to 1"),
        ("style-guide", {"aspect_ratio": "4:3"}, "#/aspect_ratio: 4:3 is not a valid enum value"),
        ("remove-background", {"prompt": "a"}, "#: extraneous key [prompt] is not permitted"),
        ("remove-background", {"seed": 1}, "#: extraneous key [seed] is not permitted"),
        ("inpaint", {"image": encode(Image.new("RGB", (63, 64)))}, "each side must be at least 64 px"),
        ("inpaint", {"image": encode(Image.new("RGB", (64, 161)))}, "its aspect must be 1:2.5 to 2.5:1"),
        ("inpaint", {"image": encode(Image.new("1", (3_073, 3_072)))}, "has 9440256 pixels, more than 9437184"),
        ("inpaint", {"image": encode(source(side_px=128), "GIF")}, "is GIF, not one of JPEG, PNG, WEBP"),
        ("inpaint", {"image": "????"}, "not valid base64"),
        ("inpaint", {"image": IMAGE[:2000]}, "not a whole image"),
        ("inpaint", {"image": 5}, "#/image: expected type: String, found: Integer"),
    ],
)
def test_value_outside_the_limits(runtime: Any, service: str, change: dict[str, Any], fault: str) -> None:
    assert fault in refusal(runtime, service, change)


def test_text_about_a_picture_says_that_it_is_the_stand_ins(runtime: Any) -> None:
    assert "these are the stand-in's words" in refusal(runtime, "inpaint", {"image": "????"})


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("filter_prompt", "Filter reason: prompt"),
        ("filter_input", "Filter reason: input image"),
        ("filter_output", "Filter reason: output image"),
    ],
)
def test_filter_answers_with_http_200_and_its_reason(fault: str, reason: str) -> None:
    with StandIn(Options(error_rate=0, faults=read_faults([{"on": "image", "fault": fault}]))) as bedrock:
        answer = invoke(client(bedrock.url), BODIES["inpaint"], MODELS["inpaint"])
    assert answer["finish_reasons"] == [reason]
    assert not answer.get("images")


@pytest.mark.parametrize("service", sorted(set(BODIES) - set(WITHOUT_PROMPT)))
def test_every_prompt_is_filtered(runtime: Any, service: str) -> None:
    answer = invoke(runtime, BODIES[service] | {"prompt": "gore"}, MODELS[service])
    assert answer == {"finish_reasons": ["Filter reason: prompt"]}


@pytest.mark.parametrize("service", sorted(BODIES))
def test_same_body_gives_the_same_answer(runtime: Any, service: str) -> None:
    assert invoke(runtime, BODIES[service], MODELS[service]) == invoke(runtime, BODIES[service], MODELS[service])


def test_quota_counts_services_like_other_models() -> None:
    with StandIn(Options(error_rate=0, image_calls_per_s=1)) as bedrock:
        runtime = client(bedrock.url)
        invoke(runtime, BODIES["erase-object"], MODELS["erase-object"])
        with pytest.raises(runtime.exceptions.ThrottlingException):
            invoke(runtime, BODIES["erase-object"], MODELS["erase-object"])
        invoke(runtime, BODIES["outpaint"], MODELS["outpaint"])


def test_seed_0_gives_a_seed_that_follows_from_the_request(runtime: Any) -> None:
    first = invoke(runtime, BODIES["inpaint"] | {"seed": 0}, MODELS["inpaint"])
    assert first["seeds"][0] > 0
    assert first == invoke(runtime, BODIES["inpaint"], MODELS["inpaint"])


def test_mask_is_white_where_it_changes_and_grey_in_between(runtime: Any) -> None:
    transparent = source(side_px=128).convert("RGBA")
    transparent.putalpha(mask((20, 20, 60, 60), inside=0, size_px=(128, 128), mode="L"))
    by_mask = invoke(runtime, BODIES["inpaint"] | {"prompt": "a house", "grow_mask": 0}, MODELS["inpaint"])
    body = {"prompt": "a house", "image": encode(transparent), "grow_mask": 0}
    by_alpha = invoke(runtime, body, MODELS["inpaint"])
    assert pictures(by_mask)[0].tobytes() == pictures(by_alpha)[0].tobytes()
