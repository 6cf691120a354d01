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

if TYPE_CHECKING:
    from PIL import Image

    from standin.scenes.editor import Edit

MAX_PROMPT_CHARS = 10_000
MAX_SEED = 4_294_967_294
DEFAULT_GROW_PX = 5
STYLE_PRESETS = (
    *("3d-model", "analog-film", "anime", "cinematic", "comic-book", "digital-art", "enhance", "fantasy-art"),
    *("isometric", "line-art", "low-poly", "modeling-compound", "neon-punk", "origami", "photographic", "pixel-art"),
    "tile-texture",
)
BLOCKED_PROMPT = "Filter reason: prompt"
BLOCKED_INPUT = "Filter reason: input image"
BLOCKED_IMAGE = "Filter reason: output image"

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


def _strength(values: Values) -> Any:
    return _editor().service_strength(values["image"], values.get("mask"), values.get("grow_mask", DEFAULT_GROW_PX))


_WORDS = ("negative_prompt", "seed", "style_preset")
SERVICES = {
    "stability.stable-image-inpaint-v1:0": Service(
        ("prompt", "image"),
        ("mask", "grow_mask", *_WORDS),
        lambda values, edit: _editor().inpaint(values["image"], _strength(values), edit),
    ),
    "stability.stable-image-remove-background-v1:0": Service(
        ("image",), (), lambda values, edit: _editor().remove_background(values["image"], edit)
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
    prompt = values.get("prompt", "")
    if fault == "filter_prompt" or is_blocked(prompt):
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
