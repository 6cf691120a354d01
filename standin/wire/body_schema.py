"""Validation of an InvokeModel body. The error messages are worded like those of Bedrock's own schema validator.

`path` is the JSON pointer that the messages name, such as `#/textToImageParams/text`. Every function raises ServiceError.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from standin.wire.service_error import malformed_input


def reject_unknown(fields: Mapping[str, Any], allowed: Iterable[str], path: str = "#") -> None:
    """Raise if the object has a field that the model does not document."""
    for name in fields:
        if name not in allowed:
            raise malformed_input(f"{path}: extraneous key [{name}] is not permitted")


def require(fields: Mapping[str, Any], name: str, path: str = "#") -> Any:
    """Return the value of a required field."""
    if name not in fields:
        raise malformed_input(f"{path}: required key [{name}] not found")
    return fields[name]


def parse_object(value: Any, path: str) -> Mapping[str, Any]:
    """Return the value as a JSON object."""
    if not isinstance(value, dict):
        raise malformed_input(f"{path}: expected type: JSONObject, found: {_type_name(value)}")
    return value


def parse_string(value: Any, path: str, *, max_chars: int, min_chars: int = 0) -> str:
    """Return the value as a string. Its length is counted in code points."""
    if not isinstance(value, str):
        raise malformed_input(f"{path}: expected type: String, found: {_type_name(value)}")
    if len(value) < min_chars:
        raise malformed_input(f"{path}: expected minLength: {min_chars}, actual: {len(value)}")
    if len(value) > max_chars:
        raise malformed_input(f"{path}: expected maxLength: {max_chars}, actual: {len(value)}")
    return value


def parse_enum(value: Any, path: str, allowed: Iterable[str]) -> str:
    """Return the value as one of the allowed strings."""
    if not isinstance(value, str) or value not in allowed:
        raise malformed_input(f"{path}: {value} is not a valid enum value")
    return value


def parse_boolean(value: Any, path: str) -> bool:
    """Return the value as a boolean."""
    if not isinstance(value, bool):
        raise malformed_input(f"{path}: expected type: Boolean, found: {_type_name(value)}")
    return value


def parse_list(value: Any, path: str, low: int, high: int) -> list[Any]:
    """Return the value as a list of `low` to `high` items."""
    if not isinstance(value, list):
        raise malformed_input(f"{path}: expected type: JSONArray, found: {_type_name(value)}")
    if len(value) < low:
        raise malformed_input(f"{path}: expected minimum item count: {low}, found: {len(value)}")
    if len(value) > high:
        raise malformed_input(f"{path}: expected maximum item count: {high}, found: {len(value)}")
    return value


def parse_integer(value: Any, path: str, low: int, high: int) -> int:
    """Return the value as an integer from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise malformed_input(f"{path}: expected type: Integer, found: {_type_name(value)}")
    _check_range(value, path, low, high)
    return value


def parse_number(value: Any, path: str, low: float, high: float) -> float:
    """Return the value as a number from `low` to `high`."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise malformed_input(f"{path}: expected type: Number, found: {_type_name(value)}")
    _check_range(value, path, low, high)
    return float(value)


def _check_range(value: float, path: str, low: float, high: float) -> None:
    if value < low:
        raise malformed_input(f"{path}: {value} is not greater or equal to {low}")
    if value > high:
        raise malformed_input(f"{path}: {value} is not less or equal to {high}")


def _type_name(value: Any) -> str:
    names = {bool: "Boolean", int: "Integer", float: "BigDecimal", str: "String", list: "JSONArray", dict: "JSONObject"}
    return names.get(type(value), "Null")
