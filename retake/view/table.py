"""A table of plain text that fits the terminal: long cells are cut, then columns are left out."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from retake.view.names import CUT
from retake.view.output import printable

_GAP = "  "
# In a pipe or a file, nobody sees a line wrap, and `grep` needs the whole text.
_WIDTH_WITHOUT_TERMINAL = 10_000


@dataclass(frozen=True)
class Column:
    """One column."""

    header: str
    is_right: bool = False
    least: int | None = None
    """The width to which the column may be cut; None if it is never cut. The columns that are cut share the room evenly."""
    kept_end: int = 0
    """The number of last characters that stay in a cut cell: `simple-en…3f9c`."""
    rank: int = 0
    """Where there is too little room, the column of the highest rank is left out first, and one of rank 0 never."""


def stdout_width() -> int:
    """Return the columns of the terminal on standard output (`COLUMNS` overrides it); very many if there is none."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return _WIDTH_WITHOUT_TERMINAL
    return shutil.get_terminal_size().columns


def format_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the lines of the table, the header first. Cells are made printable; wide (CJK) letters count as two."""
    # Imported here because most commands print no table.
    from rich.cells import cell_len

    cells = [[column.header for column in columns], *([printable(cell) for cell in row] for row in rows)]
    sizes = _fit(columns, [max(cell_len(row[index]) for row in cells) for index in range(len(columns))], width)
    lines = []
    for row in cells:
        parts = []
        for index, size in sizes.items():
            text = _cut(row[index], size, columns[index].kept_end)
            padding = " " * (size - cell_len(text))
            parts.append(padding + text if columns[index].is_right else text + padding)
        lines.append(_GAP.join(parts).rstrip())
    return lines


def _fit(columns: Sequence[Column], widths: Sequence[int], width: int) -> dict[int, int]:
    """Return the width of each column that is shown, by its place. `widths` are those of the whole cells."""
    shown = list(range(len(columns)))
    while True:
        cut = [index for index in shown if columns[index].least is not None]
        room = width - len(_GAP) * (len(shown) - 1) - sum(widths[index] for index in shown if index not in cut)
        least = sum(min(widths[index], columns[index].least or 0) for index in cut)
        last = max(shown, key=lambda index: columns[index].rank)
        if room >= least or columns[last].rank == 0:
            break
        shown.remove(last)
    sizes = dict(zip(shown, (widths[index] for index in shown), strict=True))
    # The narrowest first: what it does not need is for the others.
    for place, index in enumerate(sorted(cut, key=lambda index: widths[index])):
        sizes[index] = max(1, min(widths[index], room // (len(cut) - place)))
        room -= sizes[index]
    return sizes


def _cut(text: str, size: int, kept_end: int) -> str:
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= size:
        return text
    end = text[len(text) - kept_end :] if size > kept_end + 1 else ""
    return set_cell_size(text, max(0, size - 1 - cell_len(end))).rstrip() + CUT + end
