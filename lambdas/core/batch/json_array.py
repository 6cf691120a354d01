"""The elements of a JSON array, one at a time: only a small part of the file is ever in memory."""

import io
import json
import re
from collections.abc import Iterator
from typing import IO

from lambdas.core.runtime.batch_paths import JSON_LINES
from lambdas.core.runtime.errors import InvalidRequestError

_CHUNK_CHARS = 64 * 1024
_BLANK = re.compile(r"[ \t\r\n]*")
_decode = json.JSONDecoder().raw_decode


def read_elements(file: IO[bytes], max_chars: int) -> Iterator[tuple[int, str]]:
    """(line, text) of every element of the array in the file, which begins at the file's position.

    Raises:
        InvalidRequestError: the file holds no array, a broken one, or more after it. What a fault hides is unknown, so
            nothing after it can be told.
    """
    text = _Text(file, max_chars)
    if text.next_character() != "[":
        raise InvalidRequestError(
            f"manifest: is no JSON array; give [ {{...}}, {{...}} ], or name a file of lines {JSON_LINES}"
        )
    text.skip(1)
    mark = text.next_character()
    if mark == "]":
        text.skip(1)
    while mark != "]":
        text.next_character()
        line = text.line
        yield line, text.element()
        mark = text.next_character()
        if mark not in (",", "]"):
            raise InvalidRequestError(f"manifest: line {text.line} has {mark!r} where the array needs , or ]; mend it")
        text.skip(1)
    if text.next_character():
        raise InvalidRequestError(f"manifest: more follows the array in line {text.line}; give one array")


class _Text:
    """The text from here on, read as it is needed."""

    def __init__(self, file: IO[bytes], max_chars: int) -> None:
        # A byte that is no UTF-8 spoils its own element only.
        self._file = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
        self._max_chars = max_chars
        self._held = ""
        self._at = 0
        self.line = 1

    def next_character(self) -> str:
        """The next character that is not blank, or nothing at the end."""
        while True:
            found = _BLANK.match(self._held, self._at)
            self.skip(found.end() - self._at if found else 0)
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def skip(self, chars: int) -> None:
        """Go on by so many characters."""
        self.line += self._held.count("\n", self._at, self._at + chars)
        self._at += chars

    def element(self) -> str:
        """The text of the JSON value that begins here."""
        while True:
            fault = "the array never ends"
            try:
                _, end = _decode(self._held, self._at)
            except json.JSONDecodeError as error:
                fault = f"{error.msg} in line {self.line + self._held.count(chr(10), self._at, error.pos)}"
            except RecursionError:
                raise InvalidRequestError(f"manifest: line {self.line} is nested too deep; mend it") from None
            else:
                # A number may go on in what is not read yet.
                if end < len(self._held):
                    found = self._held[self._at : end]
                    self.skip(end - self._at)
                    return found
            if len(self._held) - self._at > self._max_chars:
                fault = f"the element in line {self.line} is broken or longer than {self._max_chars:,} characters"
                raise InvalidRequestError(f"manifest: {fault}; mend it")
            if not self._more():
                raise InvalidRequestError(f"manifest: {fault}; mend it, nothing was run")

    def _more(self) -> bool:
        read = self._file.read(_CHUNK_CHARS)
        self._held, self._at = self._held[self._at :] + read, 0
        return bool(read)
