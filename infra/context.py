"""Reads a deployment's settings from the `retake:*` keys of CDK's context: cdk.json, or `cdk -c retake:NAME=VALUE`."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import fields

from infra.settings import PREFIX, Deployment, SettingError, setting_error
from statemachine.schedule import Schedule, ScheduleError, schedules_from


def read_deployment(context: Mapping[str, object]) -> Deployment:
    """The deployment that the context describes; what is missing or null there takes its default.

    Raises:
        SettingError: an unknown `retake:` key, a value of another type, or one that cannot work.
    """
    readers = {field.name: _READERS[str(field.type)] for field in fields(Deployment)}
    given: dict[str, object] = {}
    for key, value in context.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX)
        if name not in readers:
            raise SettingError(f"{key}: no such setting; {_suggestion(name, list(readers))}")
        if value is not None:
            given[name] = readers[name](name, value)
    return Deployment(**given)  # type: ignore[arg-type]  # every value was made for its field above


def _suggestion(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {PREFIX}{near[0]}?" if near else f"there are {', '.join(known)}"


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise setting_error(name, value, "give a text")
    return value


# The command line's -c gives every value as text, so each reader takes text too.


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise setting_error(name, value, "give a number")
    try:
        return float(value)
    except ValueError:
        raise setting_error(name, value, "give a number") from None


def _whole_number(name: str, value: object) -> int:
    number = _number(name, value)
    if not number.is_integer():
        raise setting_error(name, value, "give a whole number")
    return int(number)


def _flag(name: str, value: object) -> bool:
    if value in ("true", "false"):
        return value == "true"
    if not isinstance(value, bool):
        raise setting_error(name, value, "give true or false")
    return value


def _texts(name: str, value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise setting_error(name, value, "give a list of texts")
    return tuple(item.strip() for item in items if item.strip())


def _schedules(name: str, value: object) -> tuple[Schedule, ...]:
    try:
        return schedules_from(value)
    except ScheduleError as fault:
        raise SettingError(f"{PREFIX}{name}: {fault}") from None


_READERS: dict[str, Callable[[str, object], object]] = {
    str(str): _text,
    str(str | None): _text,
    str(float): _number,
    str(int): _whole_number,
    str(int | None): _whole_number,
    str(bool): _flag,
    str(tuple[str, ...]): _texts,
    str(tuple[Schedule, ...]): _schedules,
}
