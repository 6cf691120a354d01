"""The entry point of the command."""

import sys
from collections.abc import Sequence
from typing import Any

import pytest

from retake.entry import main


class InterruptedImport:
    """Interrupts the import of the command line, as Ctrl-C does."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> None:
        """Raise at the module."""
        if name == "retake.cli":
            raise KeyboardInterrupt


def test_command_when_interrupted_during_its_imports_then_one_line_says_that_nothing_was_paid(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "retake.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [InterruptedImport(), *sys.meta_path])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted before anything started; nothing was paid\n"
