"""The fields of the image tasks that are neither a number nor a word: colours, and the sides of an extension."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import Whole, refuse_unknown
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_SIDE = Whole(0, 2_000)


@dataclass(frozen=True)
class Colors:
    """A palette."""

    most: int

    def check(self, name: str, value: Any) -> tuple[str, ...]:
        """Return the colours as a tuple."""
        if not isinstance(value, list | tuple):
            raise InvalidRequestError(f'{name}: {format_value(value)} is not a list; give one, such as ["#1a2b3c"]')
        if not 1 <= len(value) <= self.most:
            raise InvalidRequestError(f"{name}: has {len(value)} colours; give 1 to {self.most}")
        faults = Faults()
        for place, item in enumerate(value):
            if not isinstance(item, str) or not _COLOR.fullmatch(item):
                faults.add(
                    f"{name}[{place}]: {format_value(item)} is not a colour; give six hex digits, such as #1a2b3c"
                )
        faults.raise_if_any()
        return tuple(value)


@dataclass(frozen=True, kw_only=True)
class Extension:
    """By how many pixels a picture is extended on each side."""

    left: int = 0
    right: int = 0
    up: int = 0
    down: int = 0


NO_EXTENSION = Extension()


@dataclass(frozen=True)
class Extensions:
    """The value of `extend_px`."""

    def check(self, name: str, value: Any) -> Extension:
        """Return the sides; a side that is left out is 0."""
        if isinstance(value, Extension):
            return value
        if not isinstance(value, Mapping):
            raise InvalidRequestError(
                f'{name}: {format_value(value)} is not an object; give one, such as {{"left": 128}}'
            )
        faults = Faults()
        with faults.collect():
            refuse_unknown(f"{name}.", value, Extension.__dataclass_fields__)
        sides: dict[str, int] = {}
        for side in Extension.__dataclass_fields__:
            if value.get(side) is not None:
                with faults.collect():
                    sides[side] = _SIDE.check(f"{name}.{side}", value[side])
        faults.raise_if_any()
        extension = Extension(**sides)
        if not any(asdict(extension).values()):
            raise InvalidRequestError(
                f"{name}: every side is 0; give at least one of left, right, up, down, 1 to 2,000"
            )
        return extension
