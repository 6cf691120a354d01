"""Collect the faults of a request, so that a refusal names all of them at once.

faults = Faults()
with faults.collect("titan_img_seed"):
    checked["titan_img_seed"] = Whole(0, 9).check("titan_img_seed", 12)
faults.raise_if_any()
    -> InvalidRequestError, with a line for each fault
"""

from collections.abc import Iterator
from contextlib import contextmanager

from lambdas.core.runtime.errors import InvalidRequestError

MAX_NAMED = 50
"""An event with thousands of unknown fields is refused with this many lines, and the number of the others."""


class Faults:
    """The faults found so far, and the fields that have one."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._unnamed = 0
        self._fields: set[str] = set()

    @contextmanager
    def collect(self, *fields: str) -> Iterator[None]:
        """Keep the faults that the block raises. `fields` are those that cannot be used then."""
        try:
            yield
        except InvalidRequestError as error:
            self.mark(*fields)
            for line in error.faults:
                self.add(line)

    def add(self, line: str) -> None:
        """Keep one fault: one line that names the field, the fault and the fix."""
        if len(self._lines) < MAX_NAMED:
            self._lines.append(line)
        else:
            self._unnamed += 1

    def mark(self, *fields: str) -> None:
        """Remember that these fields cannot be used."""
        self._fields.update(fields)

    def have(self, *fields: str) -> bool:
        """Return whether one of these fields has a fault, so that a check that needs it must be skipped."""
        return not self._fields.isdisjoint(fields)

    @property
    def have_any(self) -> bool:
        """Whether there is a fault."""
        return bool(self._lines)

    def say(self, words: str) -> bool:
        """Return whether a fault has these words."""
        return any(words in line for line in self._lines)

    def raise_if_any(self) -> None:
        """Raise `InvalidRequestError` with every fault, one a line. Without a fault, do nothing."""
        if self._lines:
            more = [f"{self._unnamed:,} more faults, after the first {MAX_NAMED}"] if self._unnamed else []
            raise InvalidRequestError("\n".join([*self._lines, *more]))
