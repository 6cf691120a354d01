"""The deployment to serve: the settings and schedules of a cdk.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import USER_SETTINGS, Settings, format_setting, variable_name
from lambdas.core.runtime.strict_json import StrictJsonError, read_json
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError
from statemachine.schedule import Schedule, ScheduleError, parse_schedules

CDK_JSON = Path(__file__).resolve().parents[3] / "cdk.json"
_PREFIX = "retake:"


@dataclass(frozen=True)
class Deployment:
    """A deployment's settings and schedules."""

    settings: Settings
    schedules: tuple[Schedule, ...]
    customization: bool
    """Whether the stack has the role of fine-tuning jobs."""


def read_deployment(cdk_json: Path, environment: Mapping[str, str]) -> Deployment:
    """Read the `retake:*` settings in the context of a cdk.json. `RETAKE_*` variables override them.

    Raises:
        BadInputError: the file, a setting or a schedule cannot be used.
    """
    context = _read_context(cdk_json)
    # An empty list is a default of cdk.json, as null is. Here, every model of the catalogue may then be called.
    from_file = {
        variable_name(name): format_setting(value)
        for name, value in context.items()
        if name in USER_SETTINGS and value not in (None, [])
    }
    try:
        settings = local_settings({}, {**from_file, **environment})
    except InvalidRequestError as error:
        raise BadInputError(f"settings: {error}") from None
    try:
        schedules = parse_schedules(context.get("schedules") or [], read_json)
    except ScheduleError as error:
        raise BadInputError(f"{cdk_json}: {_PREFIX}schedules: {error}") from None
    return Deployment(settings, schedules, context.get("customization") is True)


def _read_context(path: Path) -> dict[str, Any]:
    try:
        context = read_json(path.read_bytes())["context"]
        return {name.removeprefix(_PREFIX): value for name, value in context.items() if name.startswith(_PREFIX)}
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except StrictJsonError as error:
        raise BadInputError(f"{path}: {error}") from None
    except (KeyError, TypeError, AttributeError):
        raise BadInputError(f'{path}: is not a cdk.json; give a JSON object with a "context" object') from None
