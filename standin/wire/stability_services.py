"""Stability AI Image Services: edits of given pictures.

Source: AWS docs, Bedrock user guide, stable-image-services and the model cards (October 2026 copies). The services are
called by their `us.` inference profile only. AWS documents no text for a wrong field; those about fields are worded like
Bedrock's schema validator, those about pictures are the stand-in's own.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from standin.answers.content_filter import is_blocked
from standin.options import Options
from standin.wire import body_schema as schema
from standin.wire import input_image
from standin.wire.input_image import parse_image
from standin.wire.picture_file import encode_base64
from standin.wire.service_error import in_own_words
from standin.wire.stability import BLOCKED_IMAGE, BLOCKED_INPUT, BLOCKED_PROMPT, MAX_PROMPT_CHARS, SIZE_OF_ASPECT_RATIO

if TYPE_CHECKING:
    from PIL import Image

    from standin.scenes.editor import Edit

MAX_SEED = 4_294_967_294
DEFAULT_GROW_PX = 5
STYLE_PRESETS = (
    *("3d-model", "analog-film", "anime", "cinematic", "comic-book", "digital-art", "enhance", "fantasy-art"),
    *("isometric", "line-art", "low-poly", "modeling-compound", "neon-punk", "origami", "photographic", "pixel-art"),
    "tile-texture",
)
SIDES = ("left", "right", "up", "down")

Values = Mapping[str, Any]
"""The checked fields of a body; a field that is not given is absent."""


def _parse_prompt(value: Any, path: str) -> str:
    return schema.parse_string(value, path, max_chars=MAX_PROMPT_CHARS)


_FIELDS: dict[str, Callable[[Any, str], Any]] = {
    "prompt": _parse_prompt,
    "negative_prompt": _parse_prompt,
    "image": lambda value, path: parse_image(value, path, input_image.SERVICE),
    "mask": lambda value, path: parse_image(value, path, input_image.MASK),
    "grow_mask": lambda value, path: schema.parse_integer(value, path, 0, 20),
    "search_prompt": _parse_prompt,
    "select_prompt": _parse_prompt,
    "control_strength": lambda value, path: schema.parse_number(value, path, 0, 1),
    "fidelity": lambda value, path: schema.parse_number(value, path, 0, 1),
    "creativity": lambda value, path: schema.parse_number(value, path, 0.1, 1.0),
    "aspect_ratio": lambda value, path: schema.parse_enum(value, path, SIZE_OF_ASPECT_RATIO),
    **dict.fromkeys(SIDES, lambda value, path: schema.parse_integer(value, path, 0, 2000)),
    "seed": lambda value, path: schema.parse_integer(value, path, 0, MAX_SEED),
    "style_preset": lambda value, path: schema.parse_enum(value, path, STYLE_PRESETS),
    "output_format": lambda value, path: schema.parse_enum(value, path, ("jpeg", "png", "webp")),
}


@dataclass(frozen=True)
class Service:
    """The fields of one service, and the editor behind it."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    """Beside `output_format`, which every service takes."""
    draw: "Callable[[Values, Edit], Image.Image]"


def _editor() -> ModuleType:
    # Imported here because NumPy takes a tenth of a run's start.
    from standin.scenes import editor

    return editor


def _grow(values: Values) -> int:
    return int(values.get("grow_mask", DEFAULT_GROW_PX))


def _strength(values: Values) -> Any:
    return _editor().service_strength(values["image"], values.get("mask"), _grow(values))


def _outpaint(values: Values, edit: "Edit") -> "Image.Image":
    result: Image.Image = _editor().extend(values["image"], *(values.get(side, 0) for side in SIDES), edit)
    return result


def _control(values: Values, edit: "Edit") -> "Image.Image":
    image = values["image"]
    result: Image.Image = _editor().paint_under_outlines(image, values.get("control_strength", 0.7), image.size, edit)
    return result


def _style_guide(values: Values, edit: "Edit") -> "Image.Image":
    size_px = SIZE_OF_ASPECT_RATIO[values.get("aspect_ratio", "1:1")]
    result: Image.Image = _editor().paint_in_style(values["image"], values.get("fidelity", 0.5), size_px, edit)
    return result


_WORDS = ("negative_prompt", "seed", "style_preset")
SERVICES = {
    "stability.stable-image-inpaint-v1:0": Service(
        ("prompt", "image"),
        ("mask", "grow_mask", *_WORDS),
        lambda values, edit: _editor().inpaint(values["image"], _strength(values), edit),
    ),
    "stability.stable-image-erase-object-v1:0": Service(
        ("image",),
        ("mask", "grow_mask", "seed"),
        lambda values, edit: _editor().inpaint(values["image"], _strength(values), edit),
    ),
    "stability.stable-image-search-replace-v1:0": Service(
        ("prompt", "image", "search_prompt"),
        ("grow_mask", *_WORDS),
        lambda values, edit: _editor().search_replace(values["image"], values["search_prompt"], _grow(values), edit),
    ),
    "stability.stable-image-search-recolor-v1:0": Service(
        ("prompt", "image", "select_prompt"),
        ("grow_mask", *_WORDS),
        lambda values, edit: _editor().search_recolor(values["image"], values["select_prompt"], _grow(values), edit),
    ),
    # AWS documents no negative_prompt for it.
    "stability.stable-outpaint-v1:0": Service(
        ("image",), (*SIDES, "prompt", "creativity", "seed", "style_preset"), _outpaint
    ),
    "stability.stable-image-remove-background-v1:0": Service(
        ("image",), (), lambda values, edit: _editor().remove_background(values["image"], edit)
    ),
    "stability.stable-image-control-sketch-v1:0": Service(("prompt", "image"), ("control_strength", *_WORDS), _control),
    "stability.stable-image-control-structure-v1:0": Service(
        ("prompt", "image"), ("control_strength", *_WORDS), _control
    ),
    "stability.stable-image-style-guide-v1:0": Service(
        ("prompt", "image"), ("aspect_ratio", "fidelity", *_WORDS), _style_guide
    ),
}


def invoke(model_id: str, body: dict[str, Any], options: Options, fault: str | None) -> dict[str, Any]:
    """Return `{"seeds": [n], "finish_reasons": [null], "images": [base64]}`, without seeds where a service takes none.

    After a filter: its reason, and no image.

    Raises:
        ServiceError: a body outside the documented limits.
    """
    service = SERVICES[model_id]
    names = (*service.required, *service.optional, "output_format")
    schema.reject_unknown(body, names)
    for name in service.required:
        schema.require(body, name)
    values = {name: _FIELDS[name](body[name], f"#/{name}") for name in names if name in body}
    if "left" in names and not any(values.get(side) for side in SIDES):
        raise in_own_words("#: at least one of left, right, up and down must be more than 0.")
    prompt = values.get("prompt", "")
    if fault == "filter_prompt" or is_blocked(prompt, values.get("search_prompt", ""), values.get("select_prompt", "")):
        return {"finish_reasons": [BLOCKED_PROMPT]}
    if fault == "filter_input":
        return {"finish_reasons": [BLOCKED_INPUT]}
    seed = _choose_seed(values, body) if "seed" in service.optional else None
    seeds = {} if seed is None else {"seeds": [seed]}
    if fault == "filter_output":
        return {**seeds, "finish_reasons": [BLOCKED_IMAGE], "images": []}
    edit = _editor().Edit(
        task=model_id,
        prompt=prompt,
        negative_prompt=values.get("negative_prompt", ""),
        seed=seed,
        options=options,
        fault=fault,
    )
    image = encode_base64(service.draw(values, edit), values.get("output_format", "png"))
    return {**seeds, "finish_reasons": [None], "images": [image]}


def _choose_seed(values: Values, body: dict[str, Any]) -> int:
    """Return the seed. AWS: 0 means a random one. Here it follows from the picture and the prompt: that is repeatable."""
    content = f"{values.get('prompt', '')}{body['image']}"
    return int(values.get("seed", 0) or int.from_bytes(hashlib.sha256(content.encode()).digest()[:4], "big") or 1)
