"""The parameters of each of Titan's tasks, and the program behind it.

Source: AWS docs, Bedrock user guide, model-parameters-titan-image (2026 copy). No source gives an error's text for a
wrong picture, mask or combination of fields; those are in the stand-in's own words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from PIL import Image

from standin.options import Options
from standin.wire import body_schema as schema
from standin.wire import input_image
from standin.wire.input_image import parse_image, parse_titan_mask
from standin.wire.service_error import in_own_words
from standin.wire.titan_config import GenerationConfig

MAX_TEXT_CHARS = 512

Params = Mapping[str, Any]
Draw = Callable[[int, Options, str | None], Image.Image]
"""Candidate from 0, options and fault to a picture."""


@dataclass(frozen=True, kw_only=True)
class TitanModel:
    """What one Titan takes."""

    tasks: tuple[str, ...]
    has_conditions: bool


@dataclass(frozen=True, kw_only=True)
class TitanJob:
    """One checked request."""

    text: str = ""
    draw: Draw
    mask: Callable[[], Image.Image] | None = None
    """Returns the mask of the answer. None: it was not asked for."""
    has_input_image: bool = True


Parse = Callable[[Params, str, GenerationConfig, TitanModel], TitanJob]
"""The params, their JSON pointer, the config and the model to a job."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One taskType."""

    params: str
    """The field that holds its parameters."""
    parse: Parse
    has_size: bool = True
    """Whether the width and height of the config apply."""


def _editor() -> ModuleType:
    # Imported here because NumPy takes a tenth of a run's start.
    from standin.scenes import editor

    return editor


def _parse_text(params: Params, name: str, path: str) -> str:
    """Return an optional text; empty if it is not given."""
    if name not in params:
        return ""
    return schema.parse_string(params[name], f"{path}/{name}", min_chars=1, max_chars=MAX_TEXT_CHARS)


def _require_text(params: Params, path: str) -> str:
    schema.require(params, "text", path)
    return _parse_text(params, "text", path)


def _parse_text_image(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    schema.reject_unknown(params, ("text", "negativeText"), path)
    text, negative = _require_text(params, path), _parse_text(params, "negativeText", path)

    def draw(candidate: int, options: Options, fault: str | None) -> Image.Image:
        from standin.scenes.painter import paint

        return paint(
            text, negative, config.seed, config.width_px, config.height_px, options, candidate=candidate, fault=fault
        )

    return TitanJob(text=text, draw=draw, has_input_image=False)


def _parse_inpainting(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    schema.reject_unknown(params, ("image", "text", "negativeText", "maskPrompt", "maskImage", "returnMask"), path)
    image = parse_image(schema.require(params, "image", path), f"{path}/image", input_image.TITAN)
    text, negative = _parse_text(params, "text", path), _parse_text(params, "negativeText", path)
    mask = _parse_mask(params, path, image)

    def draw(candidate: int, options: Options, fault: str | None) -> Image.Image:
        edit = _editor().Edit(
            task="INPAINTING", prompt=text, negative_prompt=negative, seed=config.seed, candidate=candidate,
            options=options, fault=fault,
        )  # fmt: skip
        result: Image.Image = _editor().inpaint(image, _editor().black_changes(mask()), edit)
        return result

    return TitanJob(text=text, draw=draw, mask=mask if _wants_mask(params, path) else None)


def _parse_mask(params: Params, path: str, image: Image.Image) -> Callable[[], Image.Image]:
    """Return what gives the mask, black inside: the picture given, or what the mask prompt finds."""
    if ("maskPrompt" in params) == ("maskImage" in params):
        raise in_own_words(f"{path}: give exactly one of maskPrompt and maskImage.")
    mask = parse_titan_mask(params["maskImage"], f"{path}/maskImage", image.size)
    return lambda: mask


def _wants_mask(params: Params, path: str) -> bool:
    return schema.parse_boolean(params.get("returnMask", False), f"{path}/returnMask")


def _parse_background_removal(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    schema.reject_unknown(params, ("image",), path)
    image = parse_image(schema.require(params, "image", path), f"{path}/image", input_image.TITAN)

    def draw(candidate: int, options: Options, fault: str | None) -> Image.Image:
        edit = _editor().Edit(task="BACKGROUND_REMOVAL", seed=None, options=options, fault=fault)
        result: Image.Image = _editor().remove_background(image, edit)
        return result

    return TitanJob(draw=draw)


TASKS = {
    "TEXT_IMAGE": Task(params="textToImageParams", parse=_parse_text_image),
    "INPAINTING": Task(params="inPaintingParams", parse=_parse_inpainting, has_size=False),
    "BACKGROUND_REMOVAL": Task(params="backgroundRemovalParams", parse=_parse_background_removal, has_size=False),
}
