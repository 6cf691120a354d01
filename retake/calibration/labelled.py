"""Labelled pictures: a JSON Lines file that says of every picture what it shows and what it does not.

One line a picture, `image` relative to the file:

    {"image": "pictures/001.png", "requirements": [
        {"id": "r1", "kind": "count", "text": "exactly three red circles", "question": "How many red circles are there?",
         "met": true}]}

`text` and `met` (what a person says) are required. `"certain": false` says that the picture does not decide it; then `met` is
false. `id`, `kind` and `question` are as in a request's `requirements`.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.request.fields import Flag, Text, refuse_unknown
from lambdas.core.request.requirement import Requirement, parse_requirements
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.strict_json import StrictJsonError, read_json

_MAX_BYTES = 64 * 1024 * 1024


class LabelledError(Exception):
    """The labelled set cannot be used. One line that names the file, the line and the field."""


@dataclass(frozen=True)
class LabelledPicture:
    """One line of the file."""

    name: str
    """The picture as the line calls it."""
    path: Path
    width_px: int
    height_px: int
    requirements: tuple[Requirement, ...]
    met: tuple[bool, ...]
    """For each requirement, whether a person says that the picture meets it."""
    certain: tuple[bool, ...]
    """For each requirement, whether the picture decides it, as a person sees it."""


def read_labelled(path: Path) -> tuple[LabelledPicture, ...]:
    """Every picture of the file, each opened once to see that it is one.

    Raises:
        LabelledError: the file or one of its lines cannot be used.
    """
    try:
        with path.open("rb") as file:
            body = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise LabelledError(f"{path}: cannot be read ({error.strerror or error})") from None
    if len(body) > _MAX_BYTES:
        raise LabelledError(f"{path}: is larger than {_MAX_BYTES:,} bytes; give a list of pictures, one a line")
    found = []
    for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").rstrip().split(b"\n") if body.strip() else (), 1):
        try:
            found.append(_picture(_fields(line), path.parent))
        except InvalidRequestError as error:
            raise LabelledError(f"{path}: line {number}: {error.on_one_line}") from None
    if not found:
        raise LabelledError(f"{path}: holds no line; give one a picture")
    return tuple(found)


def _fields(line: bytes) -> dict[str, Any]:
    if not line.strip():
        raise InvalidRequestError("is empty; remove it, or give the picture that is missing")
    try:
        found = read_json(line)
    except StrictJsonError as fault:
        raise InvalidRequestError(str(fault)) from None
    if not isinstance(found, dict):
        raise InvalidRequestError(f"{format_value(found)} is not an object; give one with image and requirements")
    return found


def _picture(fields: dict[str, Any], folder: Path) -> LabelledPicture:
    refuse_unknown("", fields, ("image", "requirements"))
    for name in ("image", "requirements"):
        if name not in fields:
            raise InvalidRequestError(f"{name}: is missing; a line has image and requirements")
    requirements, met, certain = _requirements(fields["requirements"])
    name = Text(4_096).check("image", fields["image"])
    width_px, height_px = _size_px(folder / name, name)
    return LabelledPicture(name, folder / name, width_px, height_px, requirements, met, certain)


def _requirements(items: Any) -> tuple[tuple[Requirement, ...], tuple[bool, ...], tuple[bool, ...]]:
    # Check this before the labels are removed: only a list of objects has labels.
    given = [(f"requirements[{place}]", item) for place, item in enumerate(items)] if isinstance(items, list) else []
    met, certain = [], []
    for where, item in given:
        if not isinstance(item, dict):
            raise InvalidRequestError(f"{where}: {format_value(item)} is not an object; give one with text and met")
        if "met" not in item:
            raise InvalidRequestError(f"{where}.met: is missing; say true or false, as a person sees the picture")
        met.append(Flag().check(f"{where}.met", item["met"]))
        certain.append(Flag().check(f"{where}.certain", item.get("certain", True)))
        if met[-1] and not certain[-1]:
            raise InvalidRequestError(f"{where}.met: is true, though certain is false; what cannot be seen is not met")
    bare = [{name: value for name, value in item.items() if name not in ("met", "certain")} for _, item in given]
    # Requirements of one picture may contradict each other here: one is labelled true and the other false.
    requirements = parse_requirements(bare if isinstance(items, list) else items)
    places: dict[str, str] = {}
    for (where, _), requirement in zip(given, requirements, strict=True):
        if requirement.id in places:
            raise InvalidRequestError(
                f"{where}.id: {requirement.id!r} is also the id of {places[requirement.id]}; give each its own"
            )
        places[requirement.id] = where
    return requirements, tuple(met), tuple(certain)


def _size_px(path: Path, name: str) -> tuple[int, int]:
    # Imported here because bad input must be refused fast.
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                # Load the whole picture, so that a truncated file is found before anything is paid for.
                image.load()
                return image.size
    except FileNotFoundError:
        raise InvalidRequestError(
            f"image: there is no file {format_value(name)} (relative to the labelled file)"
        ) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise InvalidRequestError(
            f"image: {format_value(name)} has too many pixels; give at most 8,000 a side"
        ) from None
    except (OSError, SyntaxError, ValueError):
        raise InvalidRequestError(
            f"image: {format_value(name)} cannot be read as a picture; give a PNG or JPEG"
        ) from None
