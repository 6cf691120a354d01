"""Text from models, services and files cannot control the terminal, whether in a line, in JSON or in a path."""

import io
import json
import sys

import pytest
from botocore.exceptions import ClientError

from lambdas.core.models.bedrock import translate_error
from retake.view.output import print_error, print_stderr, to_json, write_stdout

HOSTILE = "red\x1b[31m\x07 \x9b2J \u202eback\u2066 \u200f\u2028 \ud800 \U000e0041 夜 é 🌙"
"""An escape sequence, a C1 control, direction marks, a line separator, a lone surrogate, a tag; and harmless characters."""


def test_a_line_and_an_error_hold_only_printable_characters(capsys: pytest.CaptureFixture[str]) -> None:
    print_stderr(HOSTILE)
    throttled = ClientError({"Error": {"Code": "ThrottlingException", "Message": HOSTILE}}, "Converse")
    print_error(str(translate_error(throttled, "some-model")))
    print_error(f"{HOSTILE}.json: there is no such file")
    lines = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert len(lines) == 3
    assert all(line.isprintable() and "夜 é 🌙" in line for line in lines)


def test_json_escapes_unprintable_characters_and_parses_to_the_same_document() -> None:
    document = {"message": HOSTILE, HOSTILE: [HOSTILE, 1.5, None, True]}
    written = to_json(document).decode()
    assert all(line.isprintable() for line in written.split("\n"))
    assert "夜 é 🌙" in written
    assert json.loads(written) == document


class Terminal(io.TextIOWrapper):
    """Standard output that says whether it is a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def written(self) -> bytes:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


def test_a_path_is_unchanged_in_a_pipe_and_printable_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = b"out/\x1b[2J\xc2\x9b\xff/run-1/report.html"
    pipe, terminal = Terminal(is_terminal=False), Terminal(is_terminal=True)
    for stream in (pipe, terminal):
        monkeypatch.setattr(sys, "stdout", stream)
        write_stdout(path)
    assert pipe.written() == path + b"\n"
    assert terminal.written().decode() == "out/[2J\ufffd/run-1/report.html\n"


def test_a_table_on_a_terminal_keeps_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(is_terminal=True)
    monkeypatch.setattr(sys, "stdout", terminal)
    write_stdout(b"one\n\ntwo")
    assert terminal.written() == b"one\n\ntwo\n"
