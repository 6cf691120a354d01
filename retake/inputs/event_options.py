"""The options that set fields of an event: `--attempts 3` means `"max_retry_attempts": 3`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.core.runtime.quoting import format_value
from retake.view.errors import BadInputError

NUMBER, USD, SIZE = "N", "USD", "WxH"
_SIZE = re.compile(r"(\d{1,9})[xX×](\d{1,9})", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,300}", re.ASCII)
_DECIMAL = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII)


@dataclass(frozen=True)
class EventOption:
    """An option and the fields that it sets. The fields' own checks refuse an invalid value."""

    name: str
    metavar: str | None
    """None for an option without a value, which sets its field to true."""
    fields: tuple[str, ...]
    help: str

    @property
    def parameter(self) -> str:
        """The option's name in Python: `max_cost`."""
        return self.name.removeprefix("--").replace("-", "_")

    @property
    def places(self) -> dict[str, str]:
        """The option's name in messages, for each field: `--seed`, `--size (width)`."""
        if len(self.fields) == 1:
            return {self.fields[0]: self.name}
        return {field: f"{self.name} ({field.rpartition('_')[2]})" for field in self.fields}

    def parse(self, value: Any) -> dict[str, Any]:
        """Return the values of the fields. A value that is not a number stays a text, which the field's check refuses.

        Raises:
            BadInputError: the value is not a size.
        """
        if self.metavar == SIZE:
            size = _SIZE.fullmatch(value)
            if not size:
                raise BadInputError(f"{self.name}: {format_value(value)} is not {SIZE} in pixels; give e.g. 1024x1024")
            return dict(zip(self.fields, map(int, size.groups()), strict=True))
        return {self.fields[0]: _parse_number(value) if self.metavar in (NUMBER, USD) else value}


EVENT_OPTIONS = (
    EventOption("--attempts", NUMBER, ("max_retry_attempts",), "The pictures for one wording of the prompt."),
    EventOption("--revisions", NUMBER, ("max_prompt_revisions",), "The times that the prompt may be rewritten."),
    EventOption("--candidates", NUMBER, ("titan_img_number_of_images",), "The pictures of one attempt, 1 to 5."),
    EventOption("--seed", NUMBER, ("titan_img_seed",), "The seed of the first attempt; 0 for one of its own."),
    EventOption("--size", SIZE, ("titan_img_width", "titan_img_height"), "The size in pixels, e.g. 1024x1024."),
    EventOption("--negative", "TEXT", ("negative_prompt",), "What must not be in the picture."),
    EventOption("--model", "ID", ("image_model_id",), "The image model."),
    EventOption("--max-cost", USD, ("max_cost_usd",), "The cost ceiling of the run."),
    EventOption("--run-id", "ID", ("run_id",), "The id of the run; the id of an earlier run resumes it."),
    EventOption("--dry-run", None, ("dry_run",), "Check the event and estimate its cost; make and pay nothing."),
)


def parse_event_options(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields that options set, and for each field the option's name. The fields are not checked.

    given: the values of the options, by their names in Python; None if not given.

    Raises:
        BadInputError: a value is not a size.
    """
    fields: dict[str, Any] = {}
    names: dict[str, str] = {}
    for option in EVENT_OPTIONS:
        if (value := given.get(option.parameter)) is not None:
            fields |= option.parse(value)
            names |= option.places
    return fields, names


def _parse_number(text: str) -> Any:
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def refuse_event_options(given: Mapping[str, Any], reason: str) -> None:
    """Refuse every option for an event where there is none.

    Raises:
        BadInputError: an option is given.
    """
    if names := [option.name for option in EVENT_OPTIONS if given.get(option.parameter)]:
        raise BadInputError(f"{', '.join(names)}: for one event only; {reason}")
