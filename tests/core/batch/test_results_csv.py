"""results.csv: every cell is text or a number to a spreadsheet, never a formula, and nothing is lost."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.batch.results_csv import BOM, COLUMNS, console_address, write_results_csv
from lambdas.core.batch.row import rejected_row

hostile = st.text(st.sampled_from("=+-@＝＋－＠\t\r\n ,;\"'|a5夜\u3000\u200b\ufeff\xa0"), max_size=8)


def table(rows: list[dict[str, Any]], extra_columns: tuple[str, ...] = ()) -> list[list[str]]:
    """Return the cells of the table as the csv module reads them."""
    text = b"".join(write_results_csv(rows, extra_columns, lambda uri: uri)).decode()
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
        assert cell in (given_text, f"'{given_text}")
        first = cell.strip(" \u3000\u200b\ufeff\xa0\t\r\n")[:1]
        is_number = cell.removeprefix("-").isdecimal()
        assert first not in tuple("=+-@＝＋－＠") or is_number
        assert not cell.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        " =1",
        "\t=1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "＝1",
        "\u3000＋1",
        "\u200b@a",
        "\n-a",
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


def test_failed_requirements_are_in_words_and_addresses_open() -> None:
    failed = [{"id": "r1", "text": "a moon", "observed": "a sun"}, {"id": "r2", "text": "a star", "observed": ""}]
    one = row(failed=failed, image="s3://b/p q/x.png", report="s3://b/report.html")
    text = b"".join(write_results_csv([one], (), console_address("eu-west-1"))).decode("utf-8-sig")
    [found] = csv.DictReader(io.StringIO(text, newline=""))
    assert found["failed"] == "a moon (a sun); a star"
    assert found["picture"] == "https://s3.console.aws.amazon.com/s3/object/b?region=eu-west-1&prefix=p%20q/x.png"
    assert found["report"].endswith("?region=eu-west-1&prefix=report.html")


def test_an_extra_column_named_as_one_of_the_results_stands_beside_it() -> None:
    header, cells = table([row(extra={"status": "new", "sku": "A"})], ("status", "sku", "blank"))
    assert header == [*COLUMNS, "status (manifest)", "sku", "blank"]
    assert cells[-3:] == ["new", "A", ""]
