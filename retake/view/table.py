"""A table of plain text that fits the terminal: one column gives way, the others keep their width."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from retake.view.output import printable

_GAP = "  "
# In a pipe or a file, nobody sees a line wrap, and `grep` needs the whole text.
_WIDTH_WITHOUT_TERMINAL = 10_000
_MIN_FLEXIBLE = 12


@dataclass(frozen=True)
class Column:
    """One column."""

    header: str
    is_right: bool = False
    is_flexible: bool = False
    """Whether the column is cut to the space that the others leave. At most one column is."""
    is_optional: bool = False
    """Whether the column is left out, from the right, when the flexible column would become too narrow."""


def stdout_width() -> int:
    """Return the columns of the terminal on standard output (`COLUMNS` overrides it); very many if there is none."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return _WIDTH_WITHOUT_TERMINAL
    return shutil.get_terminal_size().columns


def format_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the lines of the table, the header first. Cells are made printable; wide (CJK) letters count as two."""
    # Imported here because most commands print no table.
    from rich.cells import cell_len, set_cell_size

    cells = [[column.header for column in columns], *([printable(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(row[index]) for row in cells) for index in range(len(columns))]
    shown = list(range(len(columns)))
    flexible = next((index for index in shown if columns[index].is_flexible), None)
    if flexible is not None:
        wanted = min(widths[flexible], _MIN_FLEXIBLE)
        while (room := _room(widths, shown, flexible, width)) < wanted:
            optional = [index for index in shown if columns[index].is_optional]
            if not optional:
                break
            shown.remove(optional[-1])
        widths[flexible] = max(1, min(widths[flexible], room))
    lines = []
    for row in cells:
        parts = []
        for index in shown:
            text, size = row[index], widths[index]
            if cell_len(text) > size:
                text = set_cell_size(text, size - 1).rstrip() + "…" if size > 1 else "…"
            padding = " " * (size - cell_len(text))
            parts.append(padding + text if columns[index].is_right else text + padding)
        lines.append(_GAP.join(parts).rstrip())
    return lines


def _room(widths: Sequence[int], shown: Sequence[int], flexible: int, width: int) -> int:
    others = [widths[index] for index in shown if index != flexible]
    return width - sum(others) - len(_GAP) * len(others)
