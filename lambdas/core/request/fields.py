"""Check one field of a JSON object, and report an invalid value in a one-line error.

Whole(1, 5).check("titan_img_number_of_images", 9)
    -> InvalidRequestError: titan_img_number_of_images: 9 is out of range; give a whole number from 1 to 5
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lambdas.core.request.faults import MAX_NAMED, Faults
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value, nearest

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Text:
    """A string with at least one visible character, that UTF-8 can encode."""

    max_chars: int = 1_000
    fix: str = "write something or leave the field out"
    """The advice about a blank text."""

    def check(self, name: str, value: Any) -> str:
        """Return the text unchanged."""
        if not isinstance(value, str):
            raise InvalidRequestError(f"{name}: {format_value(value)} is not a text; give a string in quotes")
        if not any(character.isprintable() and not character.isspace() for character in value):
            raise InvalidRequestError(f"{name}: is blank; {self.fix}")
        if len(value) > self.max_chars:
            raise InvalidRequestError(
                f"{name}: has {len(value):,} characters; give at most {self.max_chars:,}",
            )
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InvalidRequestError(
                f"{name}: has half of a surrogate pair at character {error.start + 1}, which UTF-8 cannot encode; remove it"
            ) from None
        return value


@dataclass(frozen=True)
class Whole:
    """An integer in a closed range."""

    least: int
    most: int

    def check(self, name: str, value: Any) -> int:
        """Return the number as an int. 2.0 is accepted as 2, because JSON has one number type."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidRequestError(f"{name}: {format_value(value)} is not a whole number; {self._range()}")
        if not self.least <= value <= self.most:
            raise InvalidRequestError(f"{name}: {format_value(value)} is out of range; {self._range()}")
        return value

    def _range(self) -> str:
        return f"give a whole number from {self.least} to {self.most}"


@dataclass(frozen=True)
class Number:
    """A finite number from `least` to `most`. If `above` is set, `least` itself is out of range."""

    least: float
    most: float
    above: bool = False

    def check(self, name: str, value: Any) -> float:
        """Return the number as a float."""
        finite = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
        if isinstance(value, bool) or not finite:
            raise InvalidRequestError(f"{name}: {format_value(value)} is not a number; {self._range()}")
        if not self.least <= value <= self.most or (self.above and value == self.least):
            raise InvalidRequestError(f"{name}: {format_value(value)} is out of range; {self._range()}")
        return float(value)

    def _range(self) -> str:
        least = f"above {self.least:g} and" if self.above else f"from {self.least:g}"
        return f"give a number {least} {'up ' if self.above else ''}to {self.most:,.15g}"


@dataclass(frozen=True)
class BucketName:
    """The name of an S3 bucket."""

    def check(self, name: str, value: Any) -> str:
        """Return the name unchanged."""
        bucket = Text().check(name, value)
        if not _BUCKET.fullmatch(bucket):
            raise InvalidRequestError(
                f"{name}: {format_value(bucket)} is not a bucket's name; give 3 to 63 of the characters a-z 0-9 . -"
            )
        return bucket


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def check(self, name: str, value: Any) -> bool:
        """Return the value unchanged."""
        if not isinstance(value, bool):
            raise InvalidRequestError(f"{name}: {format_value(value)} is not true or false; give one of them")
        return value


@dataclass(frozen=True)
class Choice:
    """One of a fixed set of words."""

    words: tuple[str, ...]

    def check(self, name: str, value: Any) -> str:
        """Return the word unchanged."""
        if not isinstance(value, str) or value not in self.words:
            raise InvalidRequestError(
                f"{name}: {format_value(value)} is not one of its values; give {' or '.join(self.words)}"
            )
        return value


def refuse_unknown(where: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise `InvalidRequestError` that names every unknown field. A misspelt field must not cost money.

    where: the prefix of the name in the message, such as "batch.".
    """
    faults = Faults()
    collect_unknown(where, given, known, faults)
    faults.raise_if_any()


def collect_unknown(where: str, given: Iterable[str], known: Iterable[str], faults: Faults) -> None:
    """Add a fault for every unknown field, as `refuse_unknown` names them."""
    names, is_list_shown = list(known), False
    for place, name in enumerate(name for name in given if name not in names):
        # Looking for the nearest name is slow, so a fault that will not be named is only counted.
        near = nearest(name, names) if place < MAX_NAMED else None
        hint = f"; did you mean {near}?" if near else "" if is_list_shown else f"; the fields are {', '.join(names)}"
        is_list_shown = is_list_shown or not near
        faults.add(f"{where}{format_value(name)[1:-1]}: there is no such field{hint}")
