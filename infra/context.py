"""Read a deployment's settings from the `retake:*` keys of the CDK context (cdk.json, or `-c retake:NAME=VALUE`)."""

from collections.abc import Callable, Mapping
from dataclasses import fields

from infra.settings import PREFIX, Deployment, SettingError, setting_error
from lambdas.core.runtime.custom_models import CustomModel, check_custom_models, parse_custom_models
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value, nearest
from lambdas.core.runtime.strict_json import StrictJsonError, read_json
from statemachine.schedule import Schedule, ScheduleError, parse_schedules


def read_deployment(context: Mapping[str, object]) -> Deployment:
    """Return the deployment in the CDK context. A missing or null setting takes its default.

    Raises:
        SettingError: a `retake:` key is unknown, or its value has the wrong type or cannot work in AWS.
    """
    parsers = {field.name: _PARSERS[str(field.type)] for field in fields(Deployment)}
    given: dict[str, object] = {}
    for key, value in context.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX)
        if name not in parsers:
            raise SettingError(
                f"{PREFIX}{format_value(name)[1:-1]}: unknown setting; {_suggest_name(name, list(parsers))}"
            )
        if value is not None:
            given[name] = parsers[name](name, value)
    return Deployment(**given)  # type: ignore[arg-type]  # each value comes from its field's parser


def _suggest_name(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    return f"did you mean {PREFIX}{near}?" if near else f"choose from {', '.join(known)}"


def _parse_text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise setting_error(name, value, "give a text")
    return value


# The CLI's -c passes every value as text, so each parser accepts text too.


def _parse_number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise setting_error(name, value, "give a number")
    try:
        return float(value)
    except ValueError:
        raise setting_error(name, value, "give a number") from None


def _parse_whole_number(name: str, value: object) -> int:
    number = _parse_number(name, value)
    if not number.is_integer():
        raise setting_error(name, value, "give a whole number")
    return int(number)


def _parse_flag(name: str, value: object) -> bool:
    if value in ("true", "false"):
        return value == "true"
    if not isinstance(value, bool):
        raise setting_error(name, value, "give true or false")
    return value


def _parse_texts(name: str, value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise setting_error(name, value, "give a list of texts")
    return tuple(item.strip() for item in items if item.strip())


def _parse_schedules(name: str, value: object) -> tuple[Schedule, ...]:
    try:
        return parse_schedules(value, read_json)
    except ScheduleError as fault:
        raise SettingError(f"{PREFIX}{name}: {fault}") from None


def _parse_map(name: str, value: object) -> dict[str, str]:
    if isinstance(value, str):
        try:
            value = read_json(value)
        except StrictJsonError:
            raise setting_error(name, value, "give a JSON object of texts") from None
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise setting_error(name, value, "give an object of texts")
    return value


def _parse_custom_models(name: str, value: object) -> tuple[CustomModel, ...]:
    try:
        label = f"{PREFIX}{name}"
        return parse_custom_models(value, label) if isinstance(value, str) else check_custom_models(value, label)
    except InvalidRequestError as fault:
        raise SettingError(str(fault)) from None


_PARSERS: dict[str, Callable[[str, object], object]] = {
    str(str): _parse_text,
    str(str | None): _parse_text,
    str(float): _parse_number,
    str(int): _parse_whole_number,
    str(int | None): _parse_whole_number,
    str(bool): _parse_flag,
    str(tuple[str, ...]): _parse_texts,
    str(dict[str, str]): _parse_map,
    str(tuple[Schedule, ...]): _parse_schedules,
    str(tuple[CustomModel, ...]): _parse_custom_models,
}
