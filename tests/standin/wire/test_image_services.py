"""Stability's Image Services: ids, fields, limits, filters and answers."""

from typing import Any

import pytest
from PIL import Image

from standin import Options, StandIn, read_faults
from tests.standin.edits import MODELS, encode, mask, source
from tests.support.harnesses.stand_in_client import client, invoke, pictures

IMAGE = encode(source(side_px=128))
BODIES: dict[str, dict[str, Any]] = {
    "inpaint": {
        "prompt": "a red circle",
        "image": IMAGE,
        "mask": encode(mask((20, 20, 60, 60), inside=255, size_px=(128, 128))),
    },
    "remove-background": {"image": IMAGE},
}
"""A body of each service with its required fields."""


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
    assert answer["finish_reasons"] == [None]
    assert answer.get("seeds") == (None if service == "remove-background" else [7])
    assert [(picture.format, picture.size) for picture in pictures(answer)] == [("PNG", (128, 128))]


@pytest.mark.parametrize("service", sorted(BODIES))
def test_service_without_its_profile_is_refused(runtime: Any, service: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="with the ID or ARN of an inference profile"):
        invoke(runtime, BODIES[service], MODELS[service].removeprefix("us."))


@pytest.mark.parametrize("model_id", ["eu.stability.stable-image-inpaint-v1:0", "us.stability.stable-image-core-v1:1"])
def test_unknown_profile_is_an_invalid_identifier(runtime: Any, model_id: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match="The provided model identifier is invalid"):
        invoke(runtime, BODIES["inpaint"], model_id)


@pytest.mark.parametrize("service", sorted(BODIES))
def test_required_field_missing(runtime: Any, service: str) -> None:
    for name in {"prompt", "image"} & set(BODIES[service]):
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


def test_blocked_word_in_the_prompt(runtime: Any) -> None:
    answer = invoke(runtime, BODIES["inpaint"] | {"prompt": "gore"}, MODELS["inpaint"])
    assert answer == {"finish_reasons": ["Filter reason: prompt"]}


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
