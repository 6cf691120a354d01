"""Convert the cells of a CSV manifest. The request's fields say which are numbers, flags and lists."""

import re
from typing import Any

from lambdas.core.request.fields import Flag, Number, Whole
from lambdas.core.request.request import FIELDS
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.strict_json import JsonSyntaxError, StrictJsonError, read_json

_LISTS = ("requirements", "brand_rules", "images", "colors")
_OBJECTS = ("extend_px",)
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


def parse_cell(name: str, cell: str, *, decimal_comma: bool = False) -> Any:
    """Return the value of a cell under the header `name`. A list is a JSON array, or texts separated by semicolons; an object is JSON.

    decimal_comma: whether 0,5 is a number. Spreadsheets that write it separate the cells by semicolons or tabs.

    Raises:
        ValueError: the cell cannot be converted to its field's type. The message names the field.
    """
    text = cell.strip()
    if name in _LISTS:
        return _list(name, text)
    if name in _OBJECTS:
        return _read(name, text, "is not a JSON object")
    field = FIELDS.get(name)
    if isinstance(field, Flag):
        # Spreadsheets write TRUE.
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(field, Whole | Number):
        if decimal_comma and _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        return _read(name, text, f"{format_value(text)} is not a number")
    return cell


def _list(name: str, text: str) -> Any:
    if not text.startswith("["):
        return [part.strip() for part in text.split(";") if part.strip()]
    return _read(name, text, "is not a JSON array; give one, or texts separated by semicolons")


def _read(name: str, text: str, otherwise: str) -> Any:
    try:
        return read_json(text)
    except JsonSyntaxError:
        raise ValueError(f"{name}: {otherwise}") from None
    except StrictJsonError as fault:
        raise ValueError(f"{name}: {fault}") from None
