"""Manifests: every line is read or refused by its number, whatever the file is like."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.core.batch.manifest.csv_rows import read_rows
from lambdas.core.batch.manifest.manifest import Line, read_manifest
from lambdas.core.runtime.errors import InvalidRequestError

BOM = b"\xef\xbb\xbf"
quickly = settings(deadline=None, max_examples=40)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(str.strip)
objects = st.dictionaries(texts, texts | st.integers() | st.lists(texts, max_size=2), max_size=3)


def read(content: bytes, ending: str) -> list[Line]:
    return list(read_manifest(io.BytesIO(content), ending))


@quickly
@given(values=st.lists(objects, max_size=6), mark=st.sampled_from([b"", BOM]), end=st.sampled_from(["\n", "\r\n"]))
def test_json_lines_are_read_as_they_were_written(values: list[Any], mark: bytes, end: str) -> None:
    content = mark + "".join(json.dumps(value, ensure_ascii=False) + end for value in values).encode()
    assert read(content, ".jsonl") == [Line(number, value) for number, value in enumerate(values, 1)]


@quickly
@given(
    values=st.lists(objects, max_size=6),
    mark=st.sampled_from([b"", BOM]),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
)
def test_an_array_is_read_as_it_was_written(
    values: list[Any], mark: bytes, indent: int | None, ascii_only: bool
) -> None:
    content = mark + json.dumps(values, indent=indent, ensure_ascii=ascii_only).encode()
    assert [line.fields for line in read(content, ".json")] == values


@quickly
@given(rows=st.lists(st.tuples(texts, texts), max_size=6), mark=st.sampled_from([b"", BOM]))
def test_a_table_is_read_as_it_was_written(rows: list[tuple[str, str]], mark: bytes) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("prompt", "negative_prompt"), *rows])
    found = [line.fields for line in read(mark + text.getvalue().encode(), ".csv")]
    assert found == [{"prompt": prompt, "negative_prompt": negative} for prompt, negative in rows]


def test_an_array_larger_than_what_is_held_is_read_whole() -> None:
    values = [{"prompt": "x" * 900, "n": number} for number in range(500)]
    lines = read(json.dumps(values, indent=1).encode(), ".json")
    assert [line.fields for line in lines] == values
    assert [line.number for line in lines[:3]] == [2, 6, 10]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"prompt": "a"', "is not JSON"),
        (b'{"prompt": "a", "prompt": "b"}', 'has the field "prompt" twice'),
        (b'{"max_cost_usd": NaN}', "NaN is not a JSON number"),
        (b'["a"]', "is not a JSON object"),
        (b'{"prompt": "\xff"}', "is not UTF-8 (byte 0xff at position 12)"),
        (b'{"prompt": "' + b"x" * 300_000 + b'"}', "is longer than"),
        (b"[" * 50_000, "nested too deep"),
        (b'{"prompt": ' + b"[" * 900 + b"]" * 900 + b"}", "nested too deep"),
        (b'{"titan_img_seed": ' + b"9" * 5_000 + b"}", "a number of more than 300 digits"),
        (b'{"max_cost_usd": 1e400}', "holds the number 1e400"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_the_next_one_is_read(line: bytes, reason: str) -> None:
    found = read(b'{"prompt": "first"}\n\n' + line + b'\n{"prompt": "last"}', ".jsonl")
    assert [entry.number for entry in found] == [1, 3, 4]
    assert reason in (found[1].fault or "")
    assert found[2].fields == {"prompt": "last"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b'{"prompt": ' + b"[" * 900 + b"]" * 900 + b"}", "nested too deep"),
        (b'{"prompt": ' + b"[" * 9_000 + b"]" * 9_000 + b"}", "nested too deep"),
        (b'{"titan_img_seed": ' + b"9" * 5_000 + b"}", "a number of more than 300 digits"),
        (b'{"prompt": "' + b"x" * 400_000 + b'"}', "is longer than 245,760 bytes"),
        (b'{"prompt": "' + b'\\"]}, {' * 70_000 + b'"}', "is longer than 245,760 bytes"),
        (b'{"max_cost_usd": NaN}', "NaN is not a JSON number"),
        (b'{"prompt": "\xff"}', "is not UTF-8"),
    ],
)
def test_a_bad_element_is_refused_alone(value: bytes, reason: str) -> None:
    found = read(b'[\n{"prompt": "first"},\n\n' + value + b',\n{"prompt": "last"}]', ".json")
    assert [entry.number for entry in found] == [2, 4, 5]
    assert reason in (found[1].fault or "")
    assert (found[0].fields, found[2].fields) == ({"prompt": "first"}, {"prompt": "last"})


@pytest.mark.parametrize(
    ("name", "cell", "reason"),
    [
        ("prompt", "x" * 400_000, "is longer than 245,760 bytes"),
        ("prompt", "drift ice\n" * 100_000, "is longer than 245,760 bytes"),
        ("prompt", 'say ""ice"",\n' * 100_000, "is longer than 245,760 bytes"),
    ],
)
def test_a_bad_cell_rejects_its_row_and_nothing_else(name: str, cell: str, reason: str) -> None:
    rows = f'{name},id\n"first, or\n 1",a\n"{cell}",b\nlast,c\n'.encode()
    rejected, last = read(rows, ".csv")[1:]
    assert rejected.number == 4
    assert (rejected.fault or "").startswith(reason)
    # Had the row ended elsewhere, its pieces would be rows: prompts to be run and paid for.
    assert last.number == 4 + cell.count("\n") + 1


@pytest.mark.parametrize(
    "row",
    [
        b'"say "ice" to\nall of them",b',
        b'"ice"berg,"and\nsnow",b',
        b'"ice" ,"and ""more""\n\nsnow"',
    ],
)
def test_a_row_whose_quotes_are_broken_ends_where_they_come_in_pairs(row: bytes) -> None:
    rejected, last = read(b"prompt,id\n" + row + b"\nlast,c\n", ".csv")
    assert (rejected.fault or "").startswith("is not CSV: ")
    assert last.fields == {"prompt": "last", "id": "c"}


def test_a_quote_inside_a_plain_cell_is_a_character() -> None:
    found = read(b'prompt,id\na 5" nail,a\na 6" nail,b\n', ".csv")
    assert [line.fields for line in found] == [{"prompt": 'a 5" nail', "id": "a"}, {"prompt": 'a 6" nail', "id": "b"}]


def test_a_quote_that_is_never_closed_rejects_the_rest() -> None:
    found = read(b'prompt,id\nfirst,a\n"second,b\nthird,c\n', ".csv")
    assert [line.number for line in found] == [2, 3]
    assert found[1].fault == "is not CSV: unexpected end of data"


@quickly
@given(rows=st.lists(st.lists(st.text(st.sampled_from('a,"\n\r 夜'), max_size=5), min_size=1, max_size=3), max_size=6))
def test_rows_end_where_the_csv_module_ends_them(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    body = text.getvalue().encode()
    found = [row for _, row in read_rows(io.BytesIO(body), 1_000)]
    assert b"".join(found) == body
    assert [next(csv.reader([row.decode()], strict=True), []) for row in found] == rows


@pytest.mark.parametrize("chars", range(65_520, 65_540))
def test_a_quote_or_an_escape_is_whole_wherever_a_chunk_of_the_file_ends(chars: int) -> None:
    prompt = "x" * chars + '","\\"\\ {['
    table = io.StringIO(newline="")
    csv.writer(table).writerows([["prompt", "id"], [prompt, "a"], ["last", "b"]])
    assert [line.fields for line in read(table.getvalue().encode(), ".csv")] == [
        {"prompt": prompt, "id": "a"},
        {"prompt": "last", "id": "b"},
    ]
    values = [{"prompt": prompt}, {"prompt": "last"}]
    assert [line.fields for line in read(json.dumps(values).encode(), ".json")] == values


def test_a_header_is_read_whatever_its_length() -> None:
    names = [f"f{number}" for number in range(30_000)]
    with pytest.raises(InvalidRequestError, match='the header names "f7" twice'):
        read(",".join([*names, "f7"]).encode(), ".csv")
    with pytest.raises(InvalidRequestError, match="the header is longer than 245,760 bytes"):
        read(",".join(f"f{number}" for number in range(60_000)).encode(), ".csv")
    with pytest.raises(InvalidRequestError, match='the header names "' + "x" * 59 + "… twice"):
        read(b"x" * 9_000 + b"," + b"x" * 9_000, ".csv")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a JSON array"),
        (b'{"prompt": "a"}', "not a JSON array"),
        (b'[{"prompt": "a"}', "in line 1|never ends|has ''"),
        (b'[\n{"prompt": "a"}\n{"prompt": "b"}]', "line 3 has '{'"),
        (b'[{"prompt": "a"}] x', "more follows"),
        (b'[\n\n{"prompt": a}]', "in line 3"),
    ],
)
def test_a_broken_array_is_refused_whole(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=reason):
        read(content, ".json")


def test_cells_become_what_their_fields_need() -> None:
    header = b"prompt,max_retry_attempts,max_cost_usd,requirements,id\n"
    # The last row is valid UTF-8, so the file is UTF-8, and the row before it is rejected.
    rows = b'"a, b\nc",3,0.5,one; two,x\n,,,,\nd,three,,,\ne,,,"[""r""]",\nf\n\xff,,,,\n\xc3\xa9,,,,\n'
    found = read(header + rows, ".csv")
    assert found[0] == Line(
        2,
        {"prompt": "a, b\nc", "max_retry_attempts": 3, "max_cost_usd": 0.5, "requirements": ["one", "two"], "id": "x"},
    )
    assert [line.number for line in found[1:]] == [5, 6, 7, 8, 9]
    assert found[1].fields == {"prompt": "d", "max_retry_attempts": "three"}
    assert found[2].fields == {"prompt": "e", "requirements": ["r"]}
    assert "has 1 cell under a header of 5" in (found[3].fault or "")
    assert "UTF-8" in (found[4].fault or "")
