"""The event of a command: a file or a prompt in words, with options over its fields and defaults under them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.runtime.batch_paths import CSV, JSON_LINES
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from retake.inputs.config import Config
from retake.inputs.event_file import STDIN, make_execution_name, read_event, source_name
from retake.inputs.event_options import parse_event_options
from retake.inputs.pictures import LocalPicture, find_pictures
from retake.view.errors import BadInputError

# `e.vent`, `photo.png`: no prompt is one word with an ending. A misspelt file name must not cost money.
_FILE_NAME = re.compile(r"\S*\.[A-Za-z][A-Za-z0-9]{0,9}")
_PATH_BEGINNINGS = ("/", "./", "../", "~/")
_FIELD = re.compile(r"\w+")


@dataclass(frozen=True)
class InputEvent:
    """An event, and where the user gave its fields."""

    fields: dict[str, Any]
    source: str
    """Its name in messages: the file, or the beginning of the words."""
    execution_name: str
    places: Mapping[str, str]
    """The names in messages of the fields that do not come from `source`: `--attempts`, `retake.toml: max_cost_usd`."""
    pictures: tuple[LocalPicture, ...] = ()
    """The files of its source pictures; `fields` has their addresses."""
    picture_faults: tuple[str, ...] = ()
    """A line for each source picture that cannot be read."""

    def refuse(self, error: InvalidRequestError) -> BadInputError:
        """Return the error for the user: a line for each fault, which names the option or the file at fault."""
        return BadInputError("\n".join(self.name_fault(fault) for fault in str(error).split("\n")))

    def name_fault(self, fault: str) -> str:
        """Return a fault of one field with the place where the user gave the field: the option, the file, the words."""
        field = _FIELD.match(fault)
        if field and (place := self.places.get(field[0])):
            return place + fault[field.end() :]
        return f"{self.source}: {fault}"


def read_input_event(
    what: str, options: Mapping[str, Any], config: Config, environment: Mapping[str, str]
) -> InputEvent:
    """Return the event in `what`: a file, "-" for standard input, or a prompt in words.

    options: the values of the options over it, by their names in Python.
    environment: the variables that override fields of `config`; none for a deployed stack.

    Raises:
        BadInputError: the file or an option cannot be used; the message has a line for each fault.
    """
    by_option, options_of = parse_event_options(options)
    is_file = names_file(what)
    what = find_path(what) if is_file else what
    if is_file and Path(what).suffix.lower() in (JSON_LINES, CSV):
        raise BadInputError(f"{what}: is a manifest, not an event; run it with `retake batch`")
    given = (
        {name: value for name, value in read_event(what).items() if value is not None} if is_file else {"prompt": what}
    )
    defaults = config.event_fields(environment)
    beside = Path(what).parent if is_file and what != STDIN else Path()
    fields, pictures, picture_faults = find_pictures({**defaults, **given, **by_option}, beside)
    return InputEvent(
        fields=fields,
        source=source_name(what) if is_file else format_value(what),
        execution_name=make_execution_name(Path(what).stem if is_file else what),
        places={name: f"{config.path}: {name}" for name in defaults if name not in given} | options_of,
        pictures=tuple(pictures),
        picture_faults=tuple(picture_faults),
    )


def names_file(what: str) -> bool:
    """Return whether an argument names a file or standard input. Anything else is a prompt in words."""
    # A blank around a pasted name does not make it a prompt, which would cost money.
    bare = what.strip()
    if STDIN in (what, bare) or os.path.exists(what) or bare.lower().endswith(".json"):  # noqa: PTH110 - `Path.exists` raises for a long text
        return True
    is_path = bare.startswith(_PATH_BEGINNINGS) or (
        any(separator in bare for separator in "/\\") and not any(map(str.isspace, bare))
    )
    return is_path or _FILE_NAME.fullmatch(bare) is not None


def find_path(what: str) -> str:
    """Return the path in an argument that names a file: without blanks around it, and with the home folder for `~/`."""
    return what if os.path.exists(what) else os.path.expanduser(what.strip())  # noqa: PTH110, PTH111 - `Path` raises for a long text
