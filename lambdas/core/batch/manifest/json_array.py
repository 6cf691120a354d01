"""Split a JSON array into its elements, one at a time. Only a small part of the file is in memory."""

import io
import re
from collections.abc import Iterator
from typing import IO

from lambdas.core.runtime.batch_paths import JSON_LINES
from lambdas.core.runtime.errors import InvalidRequestError

_CHUNK_CHARS = 64 * 1024
_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = r'"(?:[^"\\]++|\\.)*+"'
# Everything before the next character that can end an element: inside the element only brackets, outside it also commas.
_INSIDE = re.compile(rf'(?:[^"\[\]{{}}]++|{_STRING})*+', re.DOTALL)
_OUTSIDE = re.compile(rf'(?:[^"\[\]{{}},]++|{_STRING})*+', re.DOTALL)
_IN_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)


def read_elements(file: IO[bytes], max_chars: int) -> Iterator[tuple[int, str]]:
    """Yield the line number and the text of every element of the array that begins at the file's position.

    An element is not parsed: its brackets and quotes decide where it ends. It is cut to `max_chars` + 1 characters.

    Raises:
        InvalidRequestError: the file holds no array, a broken array, or text after the array. The rest cannot be read.
    """
    text = _Text(file)
    try:
        yield from _elements(text, max_chars)
    finally:
        # Otherwise the end of the text closes the file.
        text.detach()


def _elements(text: "_Text", max_chars: int) -> Iterator[tuple[int, str]]:
    if text.next_character() != "[":
        raise InvalidRequestError(
            f"manifest: is not a JSON array; give [ {{...}}, {{...}} ], or name a file of lines {JSON_LINES}"
        )
    text.skip(1)
    mark = text.next_character()
    if mark == "]":
        text.skip(1)
    while mark != "]":
        text.next_character()
        line = text.line
        yield line, text.element(max_chars)
        mark = text.next_character()
        if mark not in (",", "]"):
            raise InvalidRequestError(f"manifest: line {text.line} has {mark!r} where the array needs , or ]; fix it")
        text.skip(1)
    if text.next_character():
        raise InvalidRequestError(f"manifest: more follows the array in line {text.line}; give one array")


class _Text:
    """The rest of the file's text, read in chunks."""

    def __init__(self, file: IO[bytes]) -> None:
        # A byte that is not UTF-8 makes only its own element invalid.
        self._file = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
        self._held = ""
        self._at = 0
        self.line = 1

    def detach(self) -> None:
        """Leave the file open."""
        self._file.detach()

    def next_character(self) -> str:
        """Skip blanks, and return the next character, or "" at the end."""
        while True:
            found = _BLANK.match(self._held, self._at)
            self.skip(found.end() - self._at if found else 0)
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def skip(self, chars: int) -> None:
        """Skip so many of the characters in memory."""
        self.line += self._held.count("\n", self._at, self._at + chars)
        self._at += chars

    def element(self, max_chars: int) -> str:
        """Return the text of the JSON value that begins here, and move to its end."""
        line, head, depth, in_string = self.line, "", 0, False
        at = self._at
        while True:
            before = _IN_STRING if in_string else _INSIDE if depth else _OUTSIDE
            found = before.match(self._held, at)
            at = found.end() if found else at
            mark = self._held[at : at + 1]
            if mark in ("", "\\"):
                # The chunk ends here, possibly with the first half of an escape.
                head = self._take(head, at, max_chars)
                if not self._more():
                    raise InvalidRequestError(
                        f"manifest: the element in line {line} never ends; fix it, nothing was run"
                    )
                at = self._at
                continue
            if mark == '"':
                in_string = not in_string
            elif mark in "[{":
                depth += 1
            elif depth == 0:
                # After a plain value, the comma or bracket belongs to the array.
                return self._take(head, at, max_chars)
            else:
                depth -= 1
                if depth == 0:
                    return self._take(head, at + 1, max_chars)
            at += 1

    def _take(self, head: str, end: int, max_chars: int) -> str:
        """Return `head` and the characters in memory up to `end`, cut, and skip them."""
        head = (head + self._held[self._at : end])[: max_chars + 1]
        self.skip(end - self._at)
        return head

    def _more(self) -> bool:
        read = self._file.read(_CHUNK_CHARS)
        self._held, self._at = self._held[self._at :] + read, 0
        return bool(read)
