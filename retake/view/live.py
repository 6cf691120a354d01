"""The live view of a run on a terminal: the current step with its seconds, and a table of the attempts.

The import of rich takes longer than printing a help text, so commands import this module only when they make a view.
"""

import os
import time
from typing import TextIO

from rich.console import Console, ConsoleOptions, Group, JustifyMethod, OverflowMethod, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from lambdas.core.run.statuses import Tone
from retake.view.output import printable
from retake.view.progress import AttemptRow

_REFRESH_PER_S = 8
# On a narrower terminal, the columns for seeds and seconds are left out.
_WIDE_COLUMNS = 70
# With less room, the column of what is missing is left out, too.
_MIN_MISSING = 6
_GAP = 2
# The lines beside the rows: the header of the table, the step, and space for the prompt of the shell.
_OTHER_LINES = 5
_STYLES: dict[Tone, str] = {"good": "bold green", "fair": "yellow", "bad": "red", "plain": ""}


def make_console(stream: TextIO) -> Console:
    """Return rich's console for the stream. If NO_COLOR is set, it writes no colours, and no bold or dim text either."""
    if os.environ.get("NO_COLOR"):
        return Console(file=stream, highlight=False, color_system=None)
    return Console(file=stream, highlight=False)


class LiveView:
    """Shows a growing table at the bottom of the terminal. Lines are printed above it."""

    def __init__(self, stream: TextIO) -> None:
        self._console = make_console(stream)
        self._rows: list[AttemptRow] = []
        self._step = ""
        self._step_started_s = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")
        self._closed = False
        self._live = Live(
            self, console=self._console, refresh_per_second=_REFRESH_PER_S, redirect_stdout=False, redirect_stderr=False
        )
        self._live.start()

    def step(self, text: str) -> None:
        """Show the step beside the spinner, with the seconds since it began."""
        self._step, self._step_started_s = printable(text), time.monotonic()

    def line(self, text: str) -> None:
        """Print the line above the table."""
        if not self._closed:
            # Text, not markup: a prompt may hold [brackets].
            self._console.print(Text(printable(text)))

    def attempt(self, row: AttemptRow) -> None:
        """Add a row to the table."""
        self._rows.append(row)

    def close(self) -> None:
        """Print the whole table, and show the cursor again."""
        if not self._closed:
            self._closed = True
            self._live.stop()

    def abort(self) -> None:
        """Show the cursor again. Write to the terminal directly: rich may hold its lock, and would wait for it."""
        os.write(self._console.file.fileno(), b"\r\n\x1b[?25h")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        parts: list[Table | Spinner] = []
        if self._rows:
            parts.append(self._table(console))
        if not self._closed:
            waited_s = time.monotonic() - self._step_started_s
            self._spinner.update(text=Text(f"{self._step}  {waited_s:.0f} s", no_wrap=True, overflow="ellipsis"))
            parts.append(self._spinner)
        yield Group(*parts)

    def _table(self, console: Console) -> Table:
        rows = self._rows if self._closed else self._rows[-max(1, console.height - _OTHER_LINES) :]
        columns = {"attempt": [row.label for row in rows]}
        if console.width >= _WIDE_COLUMNS:
            columns["seed"] = ["" if row.seed is None else str(row.seed) for row in rows]
            columns["time"] = [row.duration for row in rows]
        columns["verdict"] = [f"{row.verdict} {row.score}".strip() for row in rows]
        columns["so far"] = [f"${row.spent_usd:.4f}" for row in rows]
        widths = {name: max(len(name), *map(len, cells)) for name, cells in columns.items()}
        # rich would cut every column alike, or the last one. Here `missing` gets what the others leave, or goes.
        room = console.width - sum(widths.values()) - _GAP * len(widths)
        if room >= _MIN_MISSING:
            cost = columns.pop("so far")
            columns |= {"missing": [printable(row.missing) for row in rows], "so far": cost}
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
        for name in columns:
            if name == "missing":
                # One line per row while the view is live, so that the height is known. The closed table shows everything.
                overflow: OverflowMethod = "fold" if self._closed else "ellipsis"
                table.add_column(name, no_wrap=not self._closed, overflow=overflow, max_width=room)
            else:
                is_number = name in ("seed", "time", "so far")
                justify: JustifyMethod = "right" if is_number else "left"
                table.add_column(name, no_wrap=True, justify=justify, min_width=widths[name])
        for row, cells in zip(rows, zip(*columns.values(), strict=True), strict=True):
            styles = {"verdict": _STYLES[row.tone]}
            table.add_row(*(Text(cell, style=styles.get(name, "")) for name, cell in zip(columns, cells, strict=True)))
        return table
