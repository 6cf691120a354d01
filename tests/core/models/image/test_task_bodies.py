"""The body of every operation, as AWS documents it, for Titan and for Stability."""

from typing import Any

import pytest

from lambdas.core.catalogue.models import image_models
from lambdas.core.models.image import ADAPTERS, _build_calls
from lambdas.core.models.image.image_request import Blocked
from lambdas.core.models.image.mask import extend_canvas, invert_mask
from lambdas.core.models.image.stability import parse_response
from lambdas.core.request.task_fields import Extension
from tests.support.factories.core import TITAN
from tests.support.factories.image_calls import b64, image_request
from tests.support.factories.source_pictures import mask_file, picture_file

A, B, MASK = picture_file(), picture_file("L"), mask_file()
IMAGES = {"images-1": A}
EXTEND = Extension(left=8, down=4)
CONFIG = {"numberOfImages": 1, "quality": "standard", "cfgScale": 8.0, "seed": 7}
SIZED = {**CONFIG, "width": 1024, "height": 1024}
CANVAS, KEEP = extend_canvas(A, EXTEND)


def body_of(model_id: str, operation: str, **fields: Any) -> dict[str, Any]:
    (call,) = _build_calls(image_request(model_id, operation=operation, **fields))
    return call.body


@pytest.mark.parametrize(
    ("operation", "fields", "task_type", "params", "config"),
    [
        (
            "condition_canny_edge",
            {"pictures": {"condition_image": A}, "control_strength": 0.4},
            "TEXT_IMAGE",
            {"textToImageParams": {"text": "a sea", "conditionImage": b64(A), "controlMode": "CANNY_EDGE", "controlStrength": 0.4}},
            SIZED,
        ),
        (
            "condition_segmentation",
            {"pictures": {"condition_image": A}},
            "TEXT_IMAGE",
            {"textToImageParams": {"text": "a sea", "conditionImage": b64(A), "controlMode": "SEGMENTATION"}},
            SIZED,
        ),
        (
            "inpaint_mask",
            {"pictures": {**IMAGES, "mask_image": MASK}, "negative_prompt": "cars"},
            "INPAINTING",
            {"inPaintingParams": {"image": b64(A), "maskImage": b64(MASK), "text": "a sea", "negativeText": "cars"}},
            CONFIG,
        ),
        (
            "inpaint_mask_prompt",
            {"pictures": IMAGES, "mask_prompt": "the boat"},
            "INPAINTING",
            {"inPaintingParams": {"image": b64(A), "maskPrompt": "the boat", "text": "a sea"}},
            CONFIG,
        ),
        (
            "remove_mask_prompt",
            {"pictures": IMAGES, "mask_prompt": "the boat", "prompt": ""},
            "INPAINTING",
            {"inPaintingParams": {"image": b64(A), "maskPrompt": "the boat"}},
            CONFIG,
        ),
        (
            "outpaint_mask",
            {"pictures": {**IMAGES, "mask_image": MASK}, "out_painting_mode": "PRECISE"},
            "OUTPAINTING",
            {"outPaintingParams": {"image": b64(A), "maskImage": b64(MASK), "text": "a sea", "outPaintingMode": "PRECISE"}},
            CONFIG,
        ),
        (
            "outpaint_extend",
            {"pictures": IMAGES, "extend_px": EXTEND},
            "OUTPAINTING",
            {"outPaintingParams": {"image": b64(CANVAS), "maskImage": b64(KEEP), "text": "a sea"}},
            CONFIG,
        ),
        (
            "variation",
            {"pictures": {"images-2": B, "images-1": A}, "similarity_strength": 0.9},
            "IMAGE_VARIATION",
            {"imageVariationParams": {"images": [b64(A), b64(B)], "text": "a sea", "similarityStrength": 0.9}},
            SIZED,
        ),
        (
            "palette",
            {"pictures": {"reference_image": A}, "colors": ("#102030", "#ffffff")},
            "COLOR_GUIDED_GENERATION",
            {"colorGuidedGenerationParams": {"text": "a sea", "colors": ["#102030", "#ffffff"], "referenceImage": b64(A)}},
            SIZED,
        ),
        ("background_removal", {"pictures": IMAGES, "prompt": ""}, "BACKGROUND_REMOVAL", {"backgroundRemovalParams": {"image": b64(A)}}, None),
    ],
)  # fmt: skip
def test_titans_body(
    operation: str, fields: dict[str, Any], task_type: str, params: dict[str, Any], config: dict[str, Any] | None
) -> None:
    expected = {"taskType": task_type, **params, **({"imageGenerationConfig": config} if config else {})}
    assert body_of(TITAN, operation, **fields) == expected


_PNG = {"output_format": "png"}
_WORDS = {"prompt": "a sea", "seed": 7, **_PNG}


@pytest.mark.parametrize(
    ("model_id", "operation", "fields", "body"),
    [
        ("stability.sd3-5-large-v1:0", "variation", {"pictures": IMAGES, "similarity_strength": 0.9}, {**_WORDS, "mode": "image-to-image", "image": b64(A), "strength": 0.1}),
        ("stability.stable-image-inpaint-v1:0", "inpaint_mask", {"pictures": {**IMAGES, "mask_image": MASK}, "negative_prompt": "cars"}, {**_WORDS, "negative_prompt": "cars", "image": b64(A), "mask": b64(invert_mask(MASK))}),
        ("stability.stable-image-erase-object-v1:0", "remove_mask", {"pictures": {**IMAGES, "mask_image": MASK}, "prompt": ""}, {"image": b64(A), "mask": b64(invert_mask(MASK)), "seed": 7, **_PNG}),
        ("stability.stable-image-search-replace-v1:0", "inpaint_mask_prompt", {"pictures": IMAGES, "mask_prompt": "the boat"}, {**_WORDS, "image": b64(A), "search_prompt": "the boat"}),
        ("stability.stable-image-search-recolor-v1:0", "recolor", {"pictures": IMAGES, "mask_prompt": "the boat"}, {**_WORDS, "image": b64(A), "select_prompt": "the boat"}),
        ("stability.stable-outpaint-v1:0", "outpaint_extend", {"pictures": IMAGES, "extend_px": EXTEND}, {**_WORDS, "image": b64(A), "left": 8, "down": 4}),
        ("stability.stable-image-remove-background-v1:0", "background_removal", {"pictures": IMAGES, "prompt": ""}, {"image": b64(A), **_PNG}),
        ("stability.stable-image-control-sketch-v1:0", "condition_sketch", {"pictures": {"condition_image": A}, "control_strength": 0.4}, {**_WORDS, "image": b64(A), "control_strength": 0.4}),
        ("stability.stable-image-control-structure-v1:0", "condition_canny_edge", {"pictures": {"condition_image": A}}, {**_WORDS, "image": b64(A)}),
        ("stability.stable-image-style-guide-v1:0", "style_reference", {"pictures": {"reference_image": A}, "width_px": 1280, "height_px": 720}, {**_WORDS, "image": b64(A), "aspect_ratio": "16:9"}),
    ],
)  # fmt: skip
def test_stabilitys_body(model_id: str, operation: str, fields: dict[str, Any], body: dict[str, Any]) -> None:
    assert body_of(model_id, operation, **fields) == body


def test_an_operation_without_a_seed_is_one_call_without_one() -> None:
    for model in image_models().values():
        if "background_removal" in model.operations:
            asked = image_request(model.model_id, operation="background_removal", pictures=IMAGES, prompt="")
            (call,) = ADAPTERS[model.family].build_calls(asked)
            assert call.seeds == (0,) and "seed" not in call.body


def test_a_refused_source_is_neither_a_refused_prompt_nor_a_refused_output() -> None:
    assert parse_response({"finish_reasons": ["Filter reason: input image"]}) == Blocked(
        "input", "Filter reason: input image"
    )
