"""Adapter for Stability's Image Services: edits and controls, one picture a call.

Source: AWS, Bedrock user guide, "Stability AI Image Services" (stable-image-services) and their model cards, read 2026-11.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from lambdas.core.models.image.image_request import Call, ImageRequest, encode_picture
from lambdas.core.models.image.mask import invert_mask
from lambdas.core.models.image.stability import aspect_ratio, call_each, parse_response, texts


def build_calls(image_request: ImageRequest) -> list[Call]:
    """Return one call per candidate, each with its own seed where the service takes one."""
    return call_each(image_request, _BODIES[image_request.operation](image_request))


def _picture(image_request: ImageRequest) -> dict[str, Any]:
    (source,) = image_request.images
    return {"image": encode_picture(source)}


def _mask(image_request: ImageRequest) -> dict[str, Any]:
    # AWS: Stability changes what is white; in Retake, as in Titan, black is inside the mask.
    return {"mask": encode_picture(invert_mask(image_request.pictures["mask_image"]))}


def _inpaint(image_request: ImageRequest) -> dict[str, Any]:
    return {**texts(image_request), **_picture(image_request), **_mask(image_request)}


def _erase(image_request: ImageRequest) -> dict[str, Any]:
    return {**_picture(image_request), **_mask(image_request)}


def _search_replace(image_request: ImageRequest) -> dict[str, Any]:
    return {**texts(image_request), **_picture(image_request), "search_prompt": image_request.mask_prompt}


def _search_recolor(image_request: ImageRequest) -> dict[str, Any]:
    return {**texts(image_request), **_picture(image_request), "select_prompt": image_request.mask_prompt}


def _outpaint(image_request: ImageRequest) -> dict[str, Any]:
    sides = {side: px for side, px in asdict(image_request.extend_px).items() if px}
    prompt = {"prompt": image_request.prompt} if image_request.prompt else {}
    return {**_picture(image_request), **prompt, **sides}


def _control(image_request: ImageRequest) -> dict[str, Any]:
    strength = image_request.control_strength
    return {
        **texts(image_request),
        "image": encode_picture(image_request.pictures["condition_image"]),
        **({} if strength is None else {"control_strength": strength}),
    }


def _style(image_request: ImageRequest) -> dict[str, Any]:
    return {
        **texts(image_request),
        "image": encode_picture(image_request.pictures["reference_image"]),
        "aspect_ratio": aspect_ratio(image_request),
    }


_BODIES: dict[str, Callable[[ImageRequest], dict[str, Any]]] = {
    "inpaint_mask": _inpaint,
    "remove_mask": _erase,
    "inpaint_mask_prompt": _search_replace,
    "recolor": _search_recolor,
    "outpaint_extend": _outpaint,
    "background_removal": _picture,
    "condition_sketch": _control,
    "condition_canny_edge": _control,
    "style_reference": _style,
}
"""The builder of each operation's body, without the seed."""

OPERATIONS = frozenset(_BODIES)

__all__ = ["OPERATIONS", "build_calls", "parse_response"]
