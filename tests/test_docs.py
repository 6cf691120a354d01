"""The generated parts of the documents are up to date."""

import re
from pathlib import Path

import pytest

from docs import __main__ as docs
from docs import tables

ROOT = Path(__file__).parents[1]


def test_the_pages_when_generated_again_then_they_do_not_change(capsys: pytest.CaptureFixture[str]) -> None:
    code = docs.main(["--check"])

    assert code == 0, capsys.readouterr().out


def test_the_pages_when_their_source_changes_then_the_check_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "run_statuses", lambda: "| nothing |\n")

    assert docs.main(["--check"]) != 0
    assert "make docs" in capsys.readouterr().err


def test_every_kind_of_table_is_on_a_page() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in docs.pages())
    kinds = set(re.findall(r"(?m)^def ([a-z]\w+)\(", (ROOT / "docs/tables.py").read_text(encoding="utf-8")))

    assert set(re.findall(r"cog\.out\(tables\.(\w+)\(", shown)) == kinds
