"""Adapter for Titan Image Generator G1 v1 and v2: every task, all candidates in one call.

Source: AWS, Bedrock user guide, "Amazon Titan Image Generator" (model-parameters-titan-image), read 2026-11.
"""

from collections.abc import Callable
from typing import Any

from lambdas.core.models.image.image_request import (
    Blocked,
    Call,
    ImageRequest,
    decode_images,
    encode_picture,
    parse_refusal,
)
from lambdas.core.models.image.mask import extend_canvas
from lambdas.core.models.response import UnreadableAnswerError

DEFAULT_CFG_SCALE = 8.0
DEFAULT_QUALITY = "standard"

Params = dict[str, Any]


def build_calls(image_request: ImageRequest) -> list[Call]:
    """Return one call for all candidates. Titan itself derives the seeds of the later ones from the first."""
    task_type, params_name, build_params = _BODIES[image_request.operation]
    body: dict[str, Any] = {"taskType": task_type, params_name: build_params(image_request)}
    if image_request.model.has_seed(image_request.operation):
        body["imageGenerationConfig"] = _generation_config(image_request)
        seed = image_request.seed
    else:
        # AWS: a background removal has no imageGenerationConfig, so it makes one picture.
        seed = 0
    return [Call(body, (seed,) * image_request.number_of_images)]


def _generation_config(image_request: ImageRequest) -> dict[str, Any]:
    size = {"width": image_request.width_px, "height": image_request.height_px}
    return {
        "numberOfImages": image_request.number_of_images,
        "quality": image_request.quality or DEFAULT_QUALITY,
        # AWS: an edit has the size of its source.
        **({} if image_request.model.has_size_of_source(image_request.operation) else size),
        "cfgScale": DEFAULT_CFG_SCALE if image_request.cfg_scale is None else image_request.cfg_scale,
        "seed": image_request.seed,
    }


def _texts(image_request: ImageRequest) -> Params:
    texts = {"text": image_request.prompt, "negativeText": image_request.negative_prompt}
    return {name: text for name, text in texts.items() if text}


def _text(image_request: ImageRequest) -> Params:
    return _texts(image_request)


def _condition(mode: str) -> Callable[[ImageRequest], Params]:
    def build(image_request: ImageRequest) -> Params:
        strength = image_request.control_strength
        return {
            **_texts(image_request),
            "conditionImage": encode_picture(image_request.pictures["condition_image"]),
            "controlMode": mode,
            **({} if strength is None else {"controlStrength": strength}),
        }

    return build


def _edit(image_request: ImageRequest) -> Params:
    (source,) = image_request.images
    mask = image_request.pictures.get("mask_image")
    place = {"maskImage": encode_picture(mask)} if mask else {"maskPrompt": image_request.mask_prompt}
    return {"image": encode_picture(source), **place, **_texts(image_request)}


def _outpaint(image_request: ImageRequest) -> Params:
    return {**_edit(image_request), **_mode(image_request)}


def _extend(image_request: ImageRequest) -> Params:
    (source,) = image_request.images
    canvas, mask = extend_canvas(source, image_request.extend_px)
    return {
        "image": encode_picture(canvas),
        "maskImage": encode_picture(mask),
        **_texts(image_request),
        **_mode(image_request),
    }


def _mode(image_request: ImageRequest) -> Params:
    return {"outPaintingMode": image_request.out_painting_mode} if image_request.out_painting_mode else {}


def _variation(image_request: ImageRequest) -> Params:
    similarity = image_request.similarity_strength
    return {
        "images": [encode_picture(body) for body in image_request.images],
        **_texts(image_request),
        **({} if similarity is None else {"similarityStrength": similarity}),
    }


def _palette(image_request: ImageRequest) -> Params:
    reference = image_request.pictures.get("reference_image")
    return {
        **_texts(image_request),
        "colors": list(image_request.colors or ()),
        **({"referenceImage": encode_picture(reference)} if reference else {}),
    }


def _background_removal(image_request: ImageRequest) -> Params:
    (source,) = image_request.images
    return {"image": encode_picture(source)}


_IN, _OUT = "inPaintingParams", "outPaintingParams"
_BODIES: dict[str, tuple[str, str, Callable[[ImageRequest], Params]]] = {
    "text": ("TEXT_IMAGE", "textToImageParams", _text),
    "condition_canny_edge": ("TEXT_IMAGE", "textToImageParams", _condition("CANNY_EDGE")),
    "condition_segmentation": ("TEXT_IMAGE", "textToImageParams", _condition("SEGMENTATION")),
    "inpaint_mask": ("INPAINTING", _IN, _edit),
    "inpaint_mask_prompt": ("INPAINTING", _IN, _edit),
    "remove_mask": ("INPAINTING", _IN, _edit),
    "remove_mask_prompt": ("INPAINTING", _IN, _edit),
    "outpaint_mask": ("OUTPAINTING", _OUT, _outpaint),
    "outpaint_mask_prompt": ("OUTPAINTING", _OUT, _outpaint),
    "outpaint_extend": ("OUTPAINTING", _OUT, _extend),
    "variation": ("IMAGE_VARIATION", "imageVariationParams", _variation),
    "palette": ("COLOR_GUIDED_GENERATION", "colorGuidedGenerationParams", _palette),
    "background_removal": ("BACKGROUND_REMOVAL", "backgroundRemovalParams", _background_removal),
}
"""For each operation: `taskType`, the name of its parameters, and their builder."""

OPERATIONS = frozenset(_BODIES)


def parse_response(response: dict[str, Any]) -> list[bytes] | Blocked:
    """Return the pictures, byte for byte as the model made them; fewer than requested if a filter refused some.

    Raises:
        UnreadableAnswerError: there is neither a picture nor a reason.
    """
    # AWS: `error` comes with HTTP 200, even for a refused prompt. Pictures that passed may be in the same answer.
    pictures, error = decode_images(response), response.get("error")
    if not pictures and not error:
        raise UnreadableAnswerError("it holds no picture and no reason")
    return pictures or parse_refusal(str(error))
