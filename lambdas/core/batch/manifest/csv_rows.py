"""Split a CSV file into rows, as bytes, one at a time. The quotes decide where a row ends, even in an invalid row.

The csv module stops at the first fault and reads the next line of the file as a new row, even if that line is in the
middle of a quoted cell. The text of a cell would then be run as prompts.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import IO

_CHUNK_BYTES = 64 * 1024
_QUOTED_TEXT = re.compile(rb'(?:[^"]++|"")*+')
_QUOTE, _RETURN, _LINE_END = b'"\r\n'


class _State(Enum):
    """The reader's position in a row."""

    CELL_START = auto()
    PLAIN = auto()
    """In a cell without quotes. Here, a quote is an ordinary character, as in the csv module."""
    QUOTED = auto()
    QUOTE_IN_QUOTED = auto()
    """After a quote in a quoted cell. It ends the cell, or a second quote follows and the two are one character."""
    BROKEN = auto()
    """After text that follows a closing quote. The row ends at the first line end after an even number of quotes."""


def read_rows(
    file: IO[bytes], max_bytes: int, delimiter: str = ",", first_line: int = 1
) -> Iterator[tuple[int, bytes]]:
    """Yield the line number and the bytes of every row, with its line end. A row is cut to `max_bytes` + 1 bytes."""
    mark = ord(delimiter)
    line, row, quotes, lines, state = first_line, bytearray(), 0, 0, _State.CELL_START
    while piece := file.readline(_CHUNK_BYTES):
        row += piece[: max_bytes + 1 - len(row)]
        quotes += piece.count(b'"')
        state = _scan(state, piece, mark)
        if piece[-1] != _LINE_END:
            continue
        lines += 1
        is_open = state is _State.QUOTED or (state is _State.BROKEN and quotes % 2)
        if not is_open:
            yield line, bytes(row)
            line, row, quotes, lines, state = line + lines, bytearray(), 0, 0, _State.CELL_START
    if row:
        yield line, bytes(row)


def _scan(state: _State, piece: bytes, delimiter: int) -> _State:
    """Return the state after `piece`, which may have a line end only as its last byte."""
    if state in (_State.CELL_START, _State.PLAIN) and b'"' not in piece:
        return _State.CELL_START if piece[-1] == delimiter else _State.PLAIN
    at = 0
    while at < len(piece):
        if state is _State.CELL_START:
            is_quoted = piece[at] == _QUOTE
            state = _State.QUOTED if is_quoted else _State.PLAIN
            at += is_quoted
        elif state is _State.QUOTED:
            found = _QUOTED_TEXT.match(piece, at)
            at = found.end() if found else at
            if at < len(piece):
                state, at = _State.QUOTE_IN_QUOTED, at + 1
        elif state is _State.QUOTE_IN_QUOTED:
            state = _State.CELL_START if piece[at] == delimiter else _AFTER_QUOTE.get(piece[at], _State.BROKEN)
            at += 1
        elif state is _State.PLAIN:
            cell_end = piece.find(delimiter, at)
            if cell_end < 0:
                break
            state, at = _State.CELL_START, cell_end + 1
        else:
            break
    return state


_AFTER_QUOTE = {_QUOTE: _State.QUOTED, _RETURN: _State.PLAIN, _LINE_END: _State.PLAIN}
