"""Checks of an InvokeModel body against a model's documented fields, in the words of Bedrock's schema validator."""

from collections.abc import Iterable, Mapping
from typing import Any

from standin.wire.service_error import malformed


def only(fields: Mapping[str, Any], allowed: Iterable[str], path: str = "#") -> None:
    """Refuses a field the model does not document."""
    for name in fields:
        if name not in allowed:
            raise malformed(f"{path}: extraneous key [{name}] is not permitted")


def require(fields: Mapping[str, Any], name: str, path: str = "#") -> Any:
    """The value of a field that must be there."""
    if name not in fields:
        raise malformed(f"{path}: required key [{name}] not found")
    return fields[name]


def an_object(value: Any, path: str) -> Mapping[str, Any]:
    """The value as a JSON object."""
    if not isinstance(value, dict):
        raise malformed(f"{path}: expected type: JSONObject, found: {_kind(value)}")
    return value


def a_text(value: Any, path: str, *, max_chars: int, min_chars: int = 0) -> str:
    """The value as a string of allowed length, counted in code points."""
    if not isinstance(value, str):
        raise malformed(f"{path}: expected type: String, found: {_kind(value)}")
    if len(value) < min_chars:
        raise malformed(f"{path}: expected minLength: {min_chars}, actual: {len(value)}")
    if len(value) > max_chars:
        raise malformed(f"{path}: expected maxLength: {max_chars}, actual: {len(value)}")
    return value


def one_of(value: Any, path: str, allowed: Iterable[str]) -> str:
    """The value as one of a list."""
    if not isinstance(value, str) or value not in allowed:
        raise malformed(f"{path}: {value} is not a valid enum value")
    return value


def an_integer(value: Any, path: str, low: int, high: int) -> int:
    """The value as a whole number from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise malformed(f"{path}: expected type: Integer, found: {_kind(value)}")
    _in_range(value, path, low, high)
    return value


def a_number(value: Any, path: str, low: float, high: float) -> float:
    """The value as a number from `low` to `high`."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise malformed(f"{path}: expected type: Number, found: {_kind(value)}")
    _in_range(value, path, low, high)
    return float(value)


def _in_range(value: float, path: str, low: float, high: float) -> None:
    if value < low:
        raise malformed(f"{path}: {value} is not greater or equal to {low}")
    if value > high:
        raise malformed(f"{path}: {value} is not less or equal to {high}")


def _kind(value: Any) -> str:
    names = {bool: "Boolean", int: "Integer", float: "BigDecimal", str: "String", list: "JSONArray", dict: "JSONObject"}
    return names.get(type(value), "Null")
