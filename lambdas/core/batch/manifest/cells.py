"""Convert the cells of a CSV manifest. The request's fields say which are numbers, flags and lists."""

import re
from typing import Any

from lambdas.core.request.fields import Flag, Number, Whole
from lambdas.core.request.request import FIELDS
from lambdas.core.runtime.strict_json import StrictJsonError, read_json

_LISTS = ("requirements", "brand_rules", "images", "colors")
_OBJECTS = ("extend_px",)
_PROSE = ("prompt", "negative_prompt")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


def parse_cell(name: str, cell: str, *, decimal_comma: bool = False) -> Any:
    """Return the value of a cell under the header `name`. A list is a JSON array, or texts separated by semicolons.

    An object is JSON. A cell that cannot be converted stays a text. The field's own check refuses it, together with the row's other faults.

    decimal_comma: whether 0,5 is a number. Spreadsheets that write it separate the cells by semicolons or tabs.
    """
    if name in _PROSE:
        return cell
    text = cell.strip()
    if name in _LISTS:
        return _parse_json(text) if text.startswith("[") else [part.strip() for part in text.split(";") if part.strip()]
    if name in _OBJECTS:
        return _parse_json(text)
    field = FIELDS.get(name)
    if isinstance(field, Flag):
        # Spreadsheets write TRUE.
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(field, Whole | Number):
        return _parse_json(text.replace(",", ".") if decimal_comma and _DECIMAL_COMMA.fullmatch(text) else text)
    return text


def _parse_json(text: str) -> Any:
    try:
        return read_json(text)
    except StrictJsonError:
        return text
