"""The live view, on a real (pseudo) terminal."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing

import pytest
from rich.cells import cell_len

from tests.support.harnesses.command import Retake

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")
_SHOW_CURSOR, _HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"
EVENT = {"prompt": "A red circle on a white background", "run_id": "seen"}


class Terminal:
    """A terminal of `columns` that shows the standard error of `retake run`."""

    def __init__(self, retake: Retake, columns: int, environment: Mapping[str, str], *faults: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = retake.start(
            "run", retake.event(**EVENT), *faults, environment={"TERM": "xterm-256color", **environment}, stderr=slave
        )
        os.close(slave)
        self.shown = ""

    def close(self) -> None:
        """Close the terminal."""
        os.close(self._master)

    def until(self, text: str | None) -> None:
        """Read until the text is shown, or until the end."""
        deadline_s = time.monotonic() + 60
        while text is None or text not in self.shown:
            assert time.monotonic() < deadline_s, self.shown
            try:
                self.shown += os.read(self._master, 4096).decode(errors="replace")
            except OSError:
                break  # On Linux: the process has closed its side.

    @property
    def lines(self) -> list[str]:
        """The lines of all frames, without control sequences."""
        return [line.rstrip() for line in re.split(r"[\r\n]+", _CONTROL.sub("", self.shown))]


@pytest.fixture
def terminal_of(retake: Retake) -> Iterator[Callable[..., Terminal]]:
    """A function that makes terminals. They are closed after the test."""
    with ExitStack() as opened:
        yield lambda *how: opened.enter_context(closing(Terminal(retake, *how)))


def wrong_then_right(retake: Retake) -> tuple[str, str]:
    return retake.faults(
        {"on": "image", "fault": "paint_wrong", "times": 1},
        {"on": "image", "fault": "paint_right"},
        # Long enough for the view to show the step: it refreshes eight times a second.
        {"on": "verdict", "fault": "stall", "stall_s": 1, "times": 1},
    )


def test_terminal_when_wide_then_it_shows_the_step_and_a_table_of_the_attempts(
    retake: Retake, terminal_of: Callable[..., Terminal]
) -> None:
    terminal = terminal_of(100, {}, *wrong_then_right(retake))

    terminal.until(None)

    assert terminal.process.wait(60) == 0, terminal.shown
    assert re.search(r"^\S r00 a01  judging  \d+ s$", "\n".join(terminal.lines), re.MULTILINE)
    ended = terminal.lines[-terminal.lines[::-1].index("ACCEPTED  Accepted after 2 attempts and 0 revisions.") - 4 :]
    assert ended[0].split() == ["attempt", "seed", "time", "verdict", "missing", "so", "far"]
    assert re.fullmatch(r"r00 a01 +\d+ +\d+\.\d s +NO 1/2 +a red circle \(.*\) +\$0\.04\d\d", ended[1])
    assert re.fullmatch(r"r00 a02 +\d+ +\d+\.\d s +YES 2/2 +\$0\.08\d\d", ended[2])
    assert _COLOUR.search(terminal.shown)
    assert terminal.shown.rindex(_SHOW_CURSOR) > terminal.shown.rindex(_HIDE_CURSOR)
    assert terminal.process.stdout is not None
    assert terminal.process.stdout.read() == b"out/seen/report.html\n"


def test_terminal_when_narrow_and_colourless_then_no_line_is_too_long_and_nothing_is_coloured(
    retake: Retake, terminal_of: Callable[..., Terminal]
) -> None:
    terminal = terminal_of(40, {"NO_COLOR": "1"}, *wrong_then_right(retake))

    terminal.until("ACCEPTED")

    # No bold or dim text either.
    assert not re.search(r"\x1b\[[0-9;]*m", terminal.shown)
    table = terminal.lines[: terminal.lines.index(next(line for line in terminal.lines if line.startswith("ACCEPTED")))]
    assert all(cell_len(line) <= 40 for line in table), table
    assert "attempt  verdict  missing        so far" in [
        re.sub(r"missing +", "missing        ", line) for line in table
    ]


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": ""}], ids=["dumb", "unnamed"])
def test_terminal_when_it_cannot_move_its_cursor_then_lines_are_plain(
    environment: dict[str, str], retake: Retake, terminal_of: Callable[..., Terminal]
) -> None:
    terminal = terminal_of(80, environment, *retake.faults({"on": "image", "fault": "filter_prompt"}))

    terminal.until("BLOCKED")

    assert "\x1b" not in terminal.shown


def test_terminal_when_interrupted_twice_then_the_cursor_is_shown_again(
    retake: Retake, terminal_of: Callable[..., Terminal]
) -> None:
    terminal = terminal_of(80, {}, *retake.faults({"on": "image", "fault": "stall", "stall_s": 60}))
    terminal.until("generating")
    terminal.process.send_signal(signal.SIGINT)
    terminal.until("interrupted: stopping")
    terminal.process.send_signal(signal.SIGINT)

    terminal.until(None)

    assert terminal.process.wait(10) == 130
    assert terminal.shown.rindex(_SHOW_CURSOR) > terminal.shown.rindex(_HIDE_CURSOR)


def test_pipe_when_colours_are_forced_then_lines_stay_plain(retake: Retake) -> None:
    forced = {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "TERM": "xterm-256color"}
    process = retake.start("run", retake.event(prompt=" "), environment=forced, stderr=subprocess.PIPE)

    assert b"\x1b" not in process.communicate(timeout=60)[1]
