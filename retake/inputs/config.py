"""The user's defaults: `retake.toml` in the working folder or its nearest parent that has one, else in the user's own folder.

Its top-level keys are named like options (`out`, `bedrock`), like fields of an event (`max_cost_usd`), and like settings
of a deployment (`max_cost_usd_per_run`). Of more than one file, only the nearest is read. A file of another user is not read.
"""

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lambdas.core.request.fields import Choice, Text, Whole
from lambdas.core.request.picture_address import PICTURE_FIELDS
from lambdas.core.request.request import FIELDS, Request
from lambdas.core.request.requirement import parse_requirements
from lambdas.core.runtime.custom_models import CustomModel
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value, nearest
from lambdas.core.runtime.settings import SETTING_TYPES, USER_SETTINGS, format_setting, parse_setting, variable_name
from retake.view.errors import BadInputError

CONFIG_FILE = "retake.toml"

_OPTIONS: dict[str, Text | Choice | Whole] = {
    "out": Text(),
    "bedrock": Choice(("local", "aws")),
    "faults": Text(),
    "stack": Text(),
    "region": Text(),
    "max_concurrency": Whole(1, 1_000),
}
_PATHS = ("out", "faults")
# These fields name or describe one run, so they cannot be defaults.
_OF_ONE_RUN = ("prompt", "run_id", "trigger", "batch", *PICTURE_FIELDS)
_EVENT_FIELDS = tuple(name for name in Request.__dataclass_fields__ if name not in _OF_ONE_RUN)
_KINDS: dict[Any, tuple[Callable[[Any], bool], str]] = {
    str: (lambda value: isinstance(value, str), "a text; give a string in quotes"),
    float: (lambda value: isinstance(value, int | float) and not isinstance(value, bool), "a number; give one above 0"),
    tuple[str, ...]: (lambda value: isinstance(value, list), 'a list; give one of texts, such as ["one", "two"]'),
    dict[str, str]: (lambda value: isinstance(value, dict), 'a table; give one of texts, such as {INPAINTING = "ID"}'),
    tuple[CustomModel, ...]: (lambda value: isinstance(value, list), "a list; give one of tables"),
}


@dataclass(frozen=True)
class Config:
    """The defaults in a `retake.toml`, checked. Without a file, there are none."""

    path: Path | None = None
    """The file: its name if it is in the working folder, else its whole path."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Values of options, by the option's name in Python. Paths are relative to the working folder, or absolute."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Defaults for the fields of every event."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of a deployment, as `RETAKE_*` variables."""
    skipped: tuple[Path, ...] = ()
    """Nearer files that are not read, because they belong to another user."""

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with the settings of the file, which a variable that is set overrides."""
        return {**self.settings, **{name: text for name, text in environment.items() if text}}

    def event_fields(self, environment: Mapping[str, str]) -> dict[str, Any]:
        """Return the defaults of an event, without those that a variable overrides (`RETAKE_IMAGE_MODEL_ID`)."""
        return {name: value for name, value in self.fields.items() if not environment.get(variable_name(name))}


def load_config() -> Config:
    """Read the `retake.toml` that applies in the working folder.

    Raises:
        BadInputError: the file cannot be used; the message has a line for each fault.
    """
    skipped: list[Path] = []
    for path in _find_configs():
        if _is_trusted(path):
            return replace(read_config(path), skipped=tuple(skipped))
        skipped.append(path)
    return Config(skipped=tuple(skipped))


def _find_configs() -> list[Path]:
    """Return the files of this name that could apply, the nearest first."""
    from typer import get_app_dir

    here = _working_folder()
    folders = [here, *here.parents] if here else []
    # On Linux: $XDG_CONFIG_HOME/retake, by default ~/.config/retake.
    paths = [folder / CONFIG_FILE for folder in [*folders, Path(get_app_dir("retake"))]]
    # `os.path`, because `Path.is_file` raises for a folder that may not be read.
    return [path for path in paths if os.path.isfile(path)]  # noqa: PTH113


def _is_trusted(path: Path) -> bool:
    """Return whether the file belongs to this user or to root. Another user's file, e.g. in /tmp, could make paid calls."""
    if not hasattr(os, "getuid"):  # Windows
        return True
    return {path.lstat().st_uid, path.stat().st_uid} <= {os.getuid(), 0}


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None  # It was removed.


def read_config(path: Path) -> Config:
    """Read the `retake.toml` at `path`.

    Raises:
        BadInputError: the file cannot be used; the message has a line for each fault.
    """
    folder = Path() if path.parent == _working_folder() else path.parent
    name = folder / path.name
    try:
        given = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadInputError(f"{name}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{name}: is not UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name}: is not TOML: {error}") from None
    faults = [f"{name}: {fault}" for fault in _find_faults(given)]
    if faults:
        raise BadInputError("\n".join(faults))
    paths = {key: folder / Path(given[key]).expanduser() for key in _PATHS if key in given}
    return Config(
        name,
        options={key: value for key, value in given.items() if key in _OPTIONS} | paths,
        fields={key: value for key, value in given.items() if key in _EVENT_FIELDS},
        settings={
            variable_name(key): format_setting(value)
            for key, value in given.items()
            if key in USER_SETTINGS and key not in _EVENT_FIELDS
        },
    )


def _find_faults(given: Mapping[str, Any]) -> Iterator[str]:
    for key, value in given.items():
        try:
            _check(key, value)
        except InvalidRequestError as error:
            yield from str(error).split("\n")


def _check(key: str, value: Any) -> None:
    if key in _OPTIONS:
        _OPTIONS[key].check(key, value)
    elif key in FIELDS and key in _EVENT_FIELDS:
        FIELDS[key].check(key, value)
    elif key in _EVENT_FIELDS:
        parse_requirements(value, key)
    elif key in USER_SETTINGS:
        is_kind, wanted = _KINDS[SETTING_TYPES[key]]
        if not is_kind(value):
            raise InvalidRequestError(f"{key}: {format_value(value)} is not {wanted}")
        parse_setting(key, format_setting(value), key)
    elif key in _OF_ONE_RUN:
        raise InvalidRequestError(f"{key}: belongs to one run, so it cannot be a default; give it in the event")
    elif key in SETTING_TYPES:
        raise InvalidRequestError(f"{key}: is set by Retake itself; remove it")
    elif isinstance(value, dict):
        raise InvalidRequestError(
            f"{format_value(key)[1:-1]}: is a table, which is not used; put its keys above it, without [ ]"
        )
    else:
        known = [*_OPTIONS, *_EVENT_FIELDS, *(name for name in USER_SETTINGS if name not in _EVENT_FIELDS)]
        near = nearest(key, known)
        hint = f"did you mean {near}?" if near else f"the keys are {', '.join(known)}"
        raise InvalidRequestError(f"{format_value(key)[1:-1]}: there is no such key; {hint}")
