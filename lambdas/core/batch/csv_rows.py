"""The rows of a CSV file as bytes, one at a time. A row that cannot be used still ends where its quotes say.

The csv module stops at the first fault and takes the next line of the file as a new row, though it may be in the middle of a
quoted cell. Text of a cell would then be run as prompts.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import IO

_CHUNK_BYTES = 64 * 1024
_QUOTED_TEXT = re.compile(rb'(?:[^"]++|"")*+')
_QUOTE, _COMMA, _RETURN, _LINE_END = b'",\r\n'


class _State(Enum):
    """Where in a row the reader is."""

    CELL_START = auto()
    PLAIN = auto()
    """In a cell without quotes. A quote here is an ordinary character, as for the csv module."""
    QUOTED = auto()
    QUOTE_IN_QUOTED = auto()
    """After a quote in a quoted cell: it ends the cell, or is the first of two that stand for one."""
    BROKEN = auto()
    """After text behind a closing quote. The row ends at the first line end with an even number of quotes before it."""


def read_rows(file: IO[bytes], max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield the line and the bytes of every row, with its line end. A longer row is cut to `max_bytes` + 1 bytes."""
    line, row, quotes, lines, state = 1, bytearray(), 0, 0, _State.CELL_START
    while piece := file.readline(_CHUNK_BYTES):
        row += piece[: max_bytes + 1 - len(row)]
        quotes += piece.count(b'"')
        state = _scan(state, piece)
        if piece[-1] != _LINE_END:
            continue
        lines += 1
        is_open = state is _State.QUOTED or (state is _State.BROKEN and quotes % 2)
        if not is_open:
            yield line, bytes(row)
            line, row, quotes, lines, state = line + lines, bytearray(), 0, 0, _State.CELL_START
    if row:
        yield line, bytes(row)


def _scan(state: _State, piece: bytes) -> _State:
    """Return the state after `piece`, which holds no line end but as its last byte."""
    if state in (_State.CELL_START, _State.PLAIN) and b'"' not in piece:
        return _State.CELL_START if piece[-1] == _COMMA else _State.PLAIN
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
            state = _AFTER_QUOTE.get(piece[at], _State.BROKEN)
            at += 1
        elif state is _State.PLAIN:
            comma = piece.find(b",", at)
            if comma < 0:
                break
            state, at = _State.CELL_START, comma + 1
        else:
            break
    return state


_AFTER_QUOTE = {_QUOTE: _State.QUOTED, _COMMA: _State.CELL_START, _RETURN: _State.PLAIN, _LINE_END: _State.PLAIN}
