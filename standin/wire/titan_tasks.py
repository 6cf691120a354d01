"""The parameters of each of Titan's tasks, and the program behind it.

Source: AWS docs, Bedrock user guide, model-parameters-titan-image (2026 copy). No source gives an error's text for a
wrong picture, mask or combination of fields; those are in the stand-in's own words.
"""

import re
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
_COLOUR = re.compile("#[0-9a-fA-F]{6}")

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


def _edit(task: str, text: str, negative: str, config: GenerationConfig) -> Callable[..., Any]:
    """Return what makes the edit of a candidate."""
    return lambda candidate, options, fault: _editor().Edit(
        task=task,
        prompt=text,
        negative_prompt=negative,
        seed=config.seed,
        candidate=candidate,
        options=options,
        fault=fault,
    )


def _parse_text_image(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    conditions = ("conditionImage", "controlMode", "controlStrength") if model.has_conditions else ()
    schema.reject_unknown(params, ("text", "negativeText", *conditions), path)
    text, negative = _require_text(params, path), _parse_text(params, "negativeText", path)
    schema.parse_enum(params.get("controlMode", "CANNY_EDGE"), f"{path}/controlMode", ("CANNY_EDGE", "SEGMENTATION"))
    strength = schema.parse_number(params.get("controlStrength", 0.7), f"{path}/controlStrength", 0, 1.0)
    size_px = (config.width_px, config.height_px)
    if "conditionImage" in params:
        condition = parse_image(params["conditionImage"], f"{path}/conditionImage", input_image.TITAN)
        edit = _edit("TEXT_IMAGE", text, negative, config)
        return TitanJob(
            text=text, draw=lambda *call: _editor().paint_under_outlines(condition, strength, size_px, edit(*call))
        )
    for name in conditions:
        if name in params:
            raise in_own_words(f"{path}/{name}: needs conditionImage.")

    def draw(candidate: int, options: Options, fault: str | None) -> Image.Image:
        from standin.scenes.painter import paint

        return paint(text, negative, config.seed, *size_px, options, candidate=candidate, fault=fault)

    return TitanJob(text=text, draw=draw, has_input_image=False)


def _parse_inpainting(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    schema.reject_unknown(params, ("image", "text", "negativeText", "maskPrompt", "maskImage", "returnMask"), path)
    image = parse_image(schema.require(params, "image", path), f"{path}/image", input_image.TITAN)
    text, negative = _parse_text(params, "text", path), _parse_text(params, "negativeText", path)
    mask = _parse_mask(params, path, image)
    edit = _edit("INPAINTING", text, negative, config)

    def draw(*call: Any) -> Image.Image:
        found = mask() or _white(image)
        result: Image.Image = _editor().inpaint(image, _editor().black_changes(found), edit(*call))
        return result

    return TitanJob(text=text, draw=draw, mask=_returned_mask(params, path, mask, image))


def _parse_outpainting(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    names = ("image", "text", "negativeText", "maskPrompt", "maskImage", "outPaintingMode", "returnMask")
    schema.reject_unknown(params, names, path)
    image = parse_image(schema.require(params, "image", path), f"{path}/image", input_image.TITAN)
    text, negative = _require_text(params, path), _parse_text(params, "negativeText", path)
    mode = schema.parse_enum(
        params.get("outPaintingMode", "DEFAULT"), f"{path}/outPaintingMode", ("DEFAULT", "PRECISE")
    )
    mask = _parse_mask(params, path, image)
    edit = _edit("OUTPAINTING", text, negative, config)

    def draw(*call: Any) -> Image.Image:
        found = mask()
        if found is None:
            return image.convert("RGB")
        editor = _editor()
        strength = editor.keep_black(image, found, by_prompt="maskPrompt" in params, is_precise=mode == "PRECISE")
        result: Image.Image = editor.outpaint(image, strength, edit(*call))
        return result

    return TitanJob(text=text, draw=draw, mask=_returned_mask(params, path, mask, image))


def _parse_mask(params: Params, path: str, image: Image.Image) -> Callable[[], Image.Image | None]:
    """Return what gives the mask, black inside: the picture given, or what the mask prompt finds (None: nothing)."""
    if ("maskPrompt" in params) == ("maskImage" in params):
        raise in_own_words(f"{path}: give exactly one of maskPrompt and maskImage.")
    if "maskPrompt" in params:
        phrase = _parse_text(params, "maskPrompt", path)
        return lambda: _editor().find_mask(image, phrase)
    mask = parse_titan_mask(params["maskImage"], f"{path}/maskImage", image.size)
    return lambda: mask


def _returned_mask(
    params: Params, path: str, mask: Callable[[], Image.Image | None], image: Image.Image
) -> Callable[[], Image.Image] | None:
    if not schema.parse_boolean(params.get("returnMask", False), f"{path}/returnMask"):
        return None
    return lambda: (mask() or _white(image)).convert("RGB")


def _white(image: Image.Image) -> Image.Image:
    """Return a mask with nothing inside."""
    return Image.new("L", image.size, 255)


def _parse_variation(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    schema.reject_unknown(params, ("images", "text", "negativeText", "similarityStrength"), path)
    given = schema.parse_list(schema.require(params, "images", path), f"{path}/images", 1, 5)
    images = [
        parse_image(value, f"{path}/images/{number}", input_image.TITAN_VARIATION) for number, value in enumerate(given)
    ]
    text, negative = _parse_text(params, "text", path), _parse_text(params, "negativeText", path)
    similarity = schema.parse_number(params.get("similarityStrength", 0.7), f"{path}/similarityStrength", 0.2, 1.0)
    edit, size_px = _edit("IMAGE_VARIATION", text, negative, config), (config.width_px, config.height_px)
    return TitanJob(text=text, draw=lambda *call: _editor().vary(images, similarity, size_px, edit(*call)))


def _parse_colour_guided(params: Params, path: str, config: GenerationConfig, model: TitanModel) -> TitanJob:
    schema.reject_unknown(params, ("text", "negativeText", "colors", "referenceImage"), path)
    text, negative = _require_text(params, path), _parse_text(params, "negativeText", path)
    colours = schema.parse_list(schema.require(params, "colors", path), f"{path}/colors", 1, 10)
    for number, colour in enumerate(colours):
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            raise in_own_words(f"{path}/colors/{number}: {colour} is not a colour such as #1a2b3c.")
    has_reference = "referenceImage" in params
    if has_reference:
        parse_image(params["referenceImage"], f"{path}/referenceImage", input_image.TITAN)
    edit, size_px = _edit("COLOR_GUIDED_GENERATION", text, negative, config), (config.width_px, config.height_px)
    return TitanJob(
        text=text,
        draw=lambda *call: _editor().paint_in_colours(colours, size_px, edit(*call)),
        has_input_image=has_reference,
    )


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
    "OUTPAINTING": Task(params="outPaintingParams", parse=_parse_outpainting, has_size=False),
    "IMAGE_VARIATION": Task(params="imageVariationParams", parse=_parse_variation),
    "COLOR_GUIDED_GENERATION": Task(params="colorGuidedGenerationParams", parse=_parse_colour_guided),
    "BACKGROUND_REMOVAL": Task(params="backgroundRemovalParams", parse=_parse_background_removal, has_size=False),
}
