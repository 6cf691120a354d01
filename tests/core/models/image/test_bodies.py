"""Titan and Stability: the bodies that they are sent, and every documented form of their answers."""

from typing import Any

import pytest

from lambdas.core.catalogue.models import image_model
from lambdas.core.models.image import stability, titan
from lambdas.core.models.image.image_request import Blocked
from lambdas.core.models.response import UnreadableAnswerError
from lambdas.core.run.seeds import candidate_seed
from lambdas.core.runtime.errors import ModelUnavailableError
from tests.support.factories.core import CORE, TITAN
from tests.support.factories.image_calls import (
    ALL_REFUSED,
    PICTURE_REFUSED,
    PROMPT_REFUSED,
    SOME_REFUSED,
    b64,
    image_request,
)

A, B = b"first picture", b"second picture"


def test_titan_is_asked_once_for_every_candidate() -> None:
    asked = image_request(
        TITAN,
        negative_prompt="cars",
        width_px=1152,
        height_px=768,
        number_of_images=3,
        cfg_scale=9.5,
        quality="premium",
    )
    (call,) = titan.build_calls(asked)
    assert call.seeds == (7, 7, 7)
    assert call.body == {
        "taskType": "TEXT_IMAGE",
        "textToImageParams": {"text": "a sea", "negativeText": "cars"},
        "imageGenerationConfig": {
            "numberOfImages": 3,
            "quality": "premium",
            "width": 1152,
            "height": 768,
            "cfgScale": 9.5,
            "seed": 7,
        },
    }


def test_titan_without_a_negative_prompt_and_a_cfg_scale_gets_none_and_the_default() -> None:
    (call,) = titan.build_calls(image_request(TITAN))
    assert call.body["textToImageParams"] == {"text": "a sea"}
    assert call.body["imageGenerationConfig"]["cfgScale"] == 8.0


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ({"images": [b64(A), b64(B)]}, [A, B]),
        ({"images": [b64(A), b64(B)], "error": None}, [A, B]),
        ({"images": [b64(B)], "error": SOME_REFUSED}, [B]),
        ({"images": [], "error": ALL_REFUSED}, Blocked("output", ALL_REFUSED)),
        ({"images": None, "error": ALL_REFUSED}, Blocked("output", ALL_REFUSED)),
        ({"error": ALL_REFUSED}, Blocked("output", ALL_REFUSED)),
        ({"error": PICTURE_REFUSED}, Blocked("output", PICTURE_REFUSED)),
        # With HTTP 200 too: the same wording would be refused again.
        ({"images": [], "error": PROMPT_REFUSED}, Blocked("prompt", PROMPT_REFUSED)),
    ],
)
def test_titans_answer_is_read_in_every_form(answer: dict[str, Any], read: list[bytes] | Blocked) -> None:
    assert titan.parse_response(answer) == read


@pytest.mark.parametrize("model_id", [CORE, "stability.stable-image-ultra-v1:1", "stability.sd3-5-large-v1:0"])
def test_stability_is_asked_for_each_candidate_with_a_seed_of_its_own(model_id: str) -> None:
    calls = stability.build_calls(
        image_request(model_id, negative_prompt="cars", width_px=1280, height_px=720, number_of_images=2)
    )
    second = candidate_seed(7, 2, image_model(model_id).max_seed)
    shared = {"prompt": "a sea", "negative_prompt": "cars", "aspect_ratio": "16:9", "output_format": "png"}
    assert [call.body for call in calls] == [{**shared, "seed": 7}, {**shared, "seed": second}]
    assert [call.seeds for call in calls] == [(7,), (second,)]


def test_stability_without_a_negative_prompt_gets_none() -> None:
    (call,) = stability.build_calls(image_request(CORE))
    assert call.body == {"prompt": "a sea", "aspect_ratio": "1:1", "seed": 7, "output_format": "png"}


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ({"seeds": [7], "finish_reasons": [None], "images": [b64(A)]}, [A]),
        ({"seeds": [7], "finish_reasons": ["SUCCESS"], "images": [b64(A)]}, [A]),
        ({"seeds": [7], "finish_reasons": ["Inference error"], "images": [b64(A)]}, [A]),
        ({"seeds": [7], "finish_reasons": 200, "images": [b64(A)]}, [A]),
        ({"finish_reasons": ["Filter reason: prompt"]}, Blocked("prompt", "Filter reason: prompt")),
        (
            {"finish_reasons": ["Filter reason: prompt"], "images": [], "seeds": []},
            Blocked("prompt", "Filter reason: prompt"),
        ),
        (
            {"finish_reasons": ["Filter reason: output image"], "images": [b64(A)]},
            Blocked("output", "Filter reason: output image"),
        ),
    ],
)
def test_stabilitys_answer_is_read_in_every_form(answer: dict[str, Any], read: list[bytes] | Blocked) -> None:
    assert stability.parse_response(answer) == read


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ({"seeds": [7], "finish_reasons": ["Inference error"]}, ModelUnavailableError, "Inference error"),
        ({"seeds": [7], "finish_reasons": [None], "images": []}, UnreadableAnswerError, "empty response"),
        ({"finish_reasons": [None]}, UnreadableAnswerError, "empty response"),
        ({}, UnreadableAnswerError, "empty response"),
        ({"finish_reasons": ["SUCCESS"]}, UnreadableAnswerError, "SUCCESS"),
        ({"finish_reasons": [None], "images": "aGk="}, UnreadableAnswerError, "`images` is not a list"),
    ],
)
def test_an_inference_error_or_an_empty_answer_is_worth_a_retry(
    answer: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        stability.parse_response(answer)


def test_titans_answer_without_a_picture_and_a_reason_cannot_be_used() -> None:
    answers: list[dict[str, Any]] = [{"images": []}, {"images": None, "error": None}, {}]
    for answer in answers:
        with pytest.raises(UnreadableAnswerError, match="no picture and no reason"):
            titan.parse_response(answer)


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [
        (1024, 1024, "1:1"),
        (4096, 320, "21:9"),
        (320, 4096, "9:21"),
        (1920, 1080, "16:9"),
        (1080, 1920, "9:16"),
        (1152, 768, "3:2"),
        (768, 1152, "2:3"),
        (1280, 1024, "5:4"),
        (896, 1152, "4:5"),
        (1000, 990, "1:1"),
        (1408, 640, "21:9"),
    ],
)
def test_a_size_becomes_the_aspect_ratio_nearest_in_shape(width: int, height: int, ratio: str) -> None:
    assert stability.nearest_aspect_ratio(width, height, image_model(CORE).aspect_ratios) == ratio
