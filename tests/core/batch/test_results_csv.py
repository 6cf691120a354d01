"""results.csv: every cell is text or a number to a spreadsheet, never a formula, and nothing is lost."""

import csv
import io
import re
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.batch import results_csv
from lambdas.core.batch.results_csv import BOM, COLUMNS, locate, write_results_csv
from lambdas.core.batch.row import rejected_row
from lambdas.core.runtime.settings import Settings
from lambdas.core.storage import run_folder

hostile = st.text(st.sampled_from("=+-@＝＋－＠\t\r\n ,;\"'|a5夜\u3000\u200b\ufeff\xa0"), max_size=8)


FORMULAS = tuple("=+-@＝＋－＠")
BLANKS = " \u3000\u200b\ufeff\xa0\t\r\n"


def without_added_apostrophes(cell: str, text: str) -> str:
    """Return the cell without the apostrophes that the text lacks."""
    kept = ""
    for character in cell:
        if character != "'" or text[len(kept) :].startswith("'"):
            kept += character
    return kept


def table(rows: list[dict[str, Any]], extra_columns: tuple[str, ...] = ()) -> list[list[str]]:
    """Return the cells of the table as the csv module reads them."""
    text = b"".join(write_results_csv(rows, extra_columns)).decode()
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))


def row(**fields: Any) -> dict[str, Any]:
    return {**rejected_row({"line": 2, "reason": "prompt: is blank"}), **fields}


@given(prompt=hostile, reason=hostile, own=hostile, name=hostile)
def test_a_hostile_cell_is_read_back_and_never_begins_a_formula(prompt: str, reason: str, own: str, name: str) -> None:
    header, cells = table([row(prompt=prompt, reason=reason, extra={name: own})], (name,))
    found = dict(zip(header, cells, strict=True))
    for cell, given_text in (
        (found["prompt"], prompt),
        (found["reason"], reason),
        (cells[-1], own),
        (header[-1], name),
    ):
        assert without_added_apostrophes(cell, given_text) == given_text
        first = cell.strip(BLANKS)[:1]
        is_number = re.fullmatch(r"-?\d+([.,]\d+)?", cell)
        assert first not in FORMULAS or is_number
        assert not cell.startswith(("\t", "\r", "\n"))
        pieces = re.split(r"[;,\t\r\n]", cell)
        assert is_number or not any(piece.strip(BLANKS + '"').startswith(FORMULAS) for piece in pieces)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a;=1+cmd|' /C calc'!A0;b", "a;'=1+cmd|' /C calc'!A0;b"),
        ("a; =1", "a;' =1"),
        ('a;"=1"', 'a;\'"=1"'),
        ("a\t+1", "a\t'+1"),
        ("a,@b", "a,'@b"),
        ("ok\n=1+1", "ok\n'=1+1"),
        ("ok\r\n-1+1", "ok\r\n'-1+1"),
        ("\t=1", "'\t'=1"),
        ("\n-a", "'\n'-a"),
        ("a = b; c - d, e + f @ g", "a = b; c - d, e + f @ g"),
        ("a;b", "a;b"),
    ],
)
def test_a_formula_inside_a_text_gets_an_apostrophe_where_a_spreadsheet_may_begin_a_cell(text: str, cell: str) -> None:
    _, cells = table([row(prompt=text)])
    assert cells[COLUMNS.index("prompt")] == cell


def test_a_formula_among_failed_requirements_gets_an_apostrophe() -> None:
    failed = [{"id": f"r{n}", "text": text, "observed": ""} for n, text in enumerate(("a moon", "=1+1"))]
    _, cells = table([row(failed=failed)])
    assert cells[COLUMNS.index("failed")] == "a moon;' =1+1"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        " =1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "＝1",
        "\u3000＋1",
        "\u200b@a",
        "\ttext",
        "-",
        "- a moon",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    _, cells = table([row(prompt=text)])
    assert cells[COLUMNS.index("prompt")] == f"'{text}"


def test_numbers_stay_numbers() -> None:
    header, cells = table(
        [row(cost_usd=1e-05, score=0.5, attempts=3, extra={"a": "-5", "b": "-0,5", "c": "+49"})], ("a", "b", "c")
    )
    found = dict(zip(header, cells, strict=True))
    assert (found["cost_usd"], found["score"], found["attempts"]) == ("1e-05", "0.5", "3")
    assert (found["a"], found["b"], found["c"]) == ("-5", "-0,5", "'+49")


def work_in(monkeypatch: pytest.MonkeyPatch, **given: Any) -> None:
    """Give the functions these settings, and S3 in eu-west-1."""
    for module in (results_csv, run_folder):
        monkeypatch.setattr(module, "settings", lambda: Settings(bucket="b", **given))
    monkeypatch.setattr(results_csv, "s3", lambda: boto3.client("s3", region_name="eu-west-1"))


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"local_folder": "/my out/", "local_prefix": "images"}, "/my out/x--a/ö.png"),
        ({"local_folder": "/my out/", "local_prefix": "other"}, "/my out/images/x--a/ö.png"),
        (
            {"s3_url": "http://127.0.0.1:4566", "local_folder": "/data/"},
            "http://127.0.0.1:4566/b/images/x--a/%C3%B6.png",
        ),
    ],
)
def test_an_address_opens_where_the_batch_ran(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], address: str
) -> None:
    work_in(monkeypatch, **settings)
    assert locate("s3://b/images/x--a/ö.png") == address


def test_failed_requirements_are_in_words_and_addresses_open(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = [{"id": "r1", "text": "a moon", "observed": "a sun"}, {"id": "r2", "text": "a star", "observed": ""}]
    one = row(failed=failed, image="s3://b/p q/x.png", report="s3://b/report.html")
    work_in(monkeypatch)
    text = b"".join(write_results_csv([one], ())).decode("utf-8-sig")
    [found] = csv.DictReader(io.StringIO(text, newline=""))
    assert found["failed"] == "a moon (a sun); a star"
    assert found["picture"] == "https://s3.console.aws.amazon.com/s3/object/b?region=eu-west-1&prefix=p%20q/x.png"
    assert found["report"].endswith("?region=eu-west-1&prefix=report.html")


def test_an_extra_column_named_as_one_of_the_results_stands_beside_it() -> None:
    header, cells = table([row(extra={"status": "new", "sku": "A"})], ("status", "sku", "blank"))
    assert header == [*COLUMNS, "status (manifest)", "sku", "blank"]
    assert cells[-3:] == ["new", "A", ""]
