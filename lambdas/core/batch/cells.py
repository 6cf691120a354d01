"""What a cell of a CSV manifest means: the request's fields say which are numbers, flags and lists."""

import json
from typing import Any

from lambdas.core.request.fields import Flag, Number, Whole, format_value
from lambdas.core.request.request import FIELDS
from lambdas.core.runtime.strict_json import read_json

_LISTS = ("requirements", "brand_rules")


def parse_cell(name: str, cell: str) -> Any:
    """The value of a cell under the header `name`. A list is a JSON array, or texts separated by semicolons.

    Raises:
        ValueError: the cell cannot be what its field needs. The message names the field.
    """
    text = cell.strip()
    if name in _LISTS:
        return _list(name, text)
    field = FIELDS.get(name)
    if isinstance(field, Flag):
        # Spreadsheets write TRUE.
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(field, Whole | Number):
        try:
            return json.loads(text)
        except ValueError:
            raise ValueError(f"{name}: {format_value(text)} is not a number") from None
    return cell


def _list(name: str, text: str) -> Any:
    if not text.startswith("["):
        return [part.strip() for part in text.split(";") if part.strip()]
    try:
        return read_json(text)
    except ValueError as fault:
        raise ValueError(f"{name}: is no JSON array: {fault}") from None
