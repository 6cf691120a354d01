"""Manifests: every line is read or refused by its number, whatever the file is like; ids follow from content."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.core.admission.admit import admit_request, one_attempt_usd
from lambdas.core.admission.estimate import estimate
from lambdas.core.batch.manifest.csv_rows import read_rows
from lambdas.core.batch.manifest.manifest import Line, read_manifest
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.price import PriceList
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.request.batch_item import batch_id_of
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from tests.support.harnesses.plan_memory import BAD

BOM = b"\xef\xbb\xbf"
HERE = Settings(bucket="pictures", max_cost_usd_per_batch=1e6)
quickly = settings(deadline=None, max_examples=40)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(str.strip)
objects = st.dictionaries(texts, texts | st.integers() | st.lists(texts, max_size=2), max_size=3)


def read(content: bytes, ending: str) -> list[Line]:
    return list(read_manifest(io.BytesIO(content), ending))


def planned(lines: list[dict[str, Any]], **defaults: Any) -> tuple[list[Any], list[Any], Any]:
    content = "\n".join(map(json.dumps, lines)).encode()
    with Plan("x-12345678", HERE, BatchSettings.parse(defaults, HERE), 1, "run-1") as plan:
        plan.add_lines(read_manifest(io.BytesIO(content), ".jsonl"))
        plan.items.seek(0)
        plan.rejected.seek(0)
        return json.loads(plan.items.read()), [json.loads(line) for line in plan.rejected], plan.counts


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
        ("titan_img_seed", "9" * 5_000, "titan_img_seed: holds a number of more than 300 digits"),
        ("titan_img_seed", "[" * 900 + "]" * 900, "titan_img_seed: is nested too deeply"),
        ("titan_img_seed", "[" * 90_000, "titan_img_seed: is nested too deeply"),
        ("titan_img_seed", "x" * 90_000, 'titan_img_seed: "' + "x" * 59 + "… is not a number"),
        ("requirements", "[" * 900 + "]" * 900, "requirements: is nested too deeply"),
        ("requirements", "[" + "9" * 5_000 + "]", "requirements: holds a number of more than 300 digits"),
        ("requirements", "[" + "x" * 90_000 + "]", "requirements: is not a JSON array"),
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


def test_bad_lines_are_rejected_by_the_plan_and_the_rest_is_planned() -> None:
    # Where Python gives up depends on the calls that are open, so every depth near its limit is tried.
    depths = (60, *range(800, 1_010), 9_000)
    content = b"\n".join(
        [
            b'{"prompt": "first"}',
            *(b'{"prompt": "a", "requirements": ' + b"[" * depth + b"]" * depth + b"}" for depth in depths),
            b'{"prompt": "a", "titan_img_seed": ' + b"9" * 300 + b"}",
            b'{"prompt": "a", "titan_img_seed": ' + b"9" * 5_000 + b"}",
            b'{"prompt": "last"}',
        ]
    )
    with Plan("x-12345678", HERE, BatchSettings.parse({}, HERE), 1, "run-1") as plan:
        plan.add_lines(read_manifest(io.BytesIO(content), ".jsonl"))
        plan.rejected.seek(0)
        rejected = [json.loads(line) for line in plan.rejected]
    assert (plan.counts.lines, plan.counts.items) == (len(depths) + 4, 2)
    assert [row["line"] for row in rejected] == list(range(2, len(depths) + 4))
    assert all(len(row["reason"]) < 250 for row in rejected)


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
    assert "max_retry_attempts" in (found[1].fault or "")
    assert found[2].fields == {"prompt": "e", "requirements": ["r"]}
    assert "has 1 cells under a header of 5" in (found[3].fault or "")
    assert "UTF-8" in (found[4].fault or "")


@given(key=st.text(min_size=1, max_size=80))
def test_a_batch_id_is_fit_to_be_part_of_a_run_id_and_follows_from_bucket_and_key(key: str) -> None:
    found = batch_id_of("bucket", f"batches/{key.replace('/', '')}.jsonl")
    assert len(found) <= 38
    assert "--" not in found
    assert found.isascii()
    assert found.replace("-", "").replace("_", "").isalnum()
    assert found != batch_id_of("another", f"batches/{key.replace('/', '')}.jsonl")


@pytest.mark.parametrize("key", ["batches/x.defaults.json", "batches/x.txt", "batches/x"])
def test_what_is_no_manifest_starts_no_batch(key: str) -> None:
    with pytest.raises(InvalidRequestError, match="is not a manifest"):
        batch_id_of("bucket", key)


def test_an_id_from_content_survives_reordering_of_lines_and_fields() -> None:
    lines: list[dict[str, Any]] = [{"prompt": "a", "max_retry_attempts": 2}, {"prompt": "b"}]
    first, _, _ = planned(lines)
    second, _, _ = planned([{"prompt": "b"}, {"max_retry_attempts": 2.0, "prompt": "a", "negative_prompt": None}])
    assert [item["run_id"] for item in first] == [item["run_id"] for item in reversed(second)]
    assert len({item["run_id"] for item in first}) == 2
    assert all(item["run_id"].startswith("x-12345678--") for item in first)


def test_an_exact_duplicate_is_skipped_and_one_id_with_two_contents_is_an_error_on_both_lines() -> None:
    items, rejected, counts = planned(
        [
            {"prompt": "a"},
            {"prompt": "a"},
            {"id": "x", "prompt": "b"},
            {"id": "x", "prompt": "c"},
            {"id": "y", "prompt": "b"},
        ]
    )
    assert [item["prompt"] for item in items] == ["a", "b"]
    assert [row["line"] for row in rejected] == [3, 4]
    assert all("lines 3, 4" in row["reason"] for row in rejected)
    assert (counts.lines, counts.items, counts.rejected, counts.skipped) == (5, 2, 2, 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"prompt": "a", "id": "a--b"}, "id: "),
        ({"prompt": "a", "id": 7}, "id: "),
        ({"prompt": "a", "run_id": "x"}, "run_id: there is no such field"),
        ({"prompt": "a", "batch": {}}, "batch: there is no such field"),
        ({"prompt": " "}, "prompt: is blank"),
        ({"prompt": "a", "max_cost_usd": 0.001}, "max_cost_usd: "),
        ({"prompt": "夜の海", "max_prompt_revisions": 0}, "not in English"),
        ({"prompt": "a", "output_s3_key_prefix": "é" * 250}, "at most 400 bytes"),
    ],
)
def test_a_line_that_could_not_run_is_rejected_with_its_reason(line: dict[str, Any], reason: str) -> None:
    items, [rejected], _ = planned([line])
    assert items == []
    assert reason in rejected["reason"]


def test_defaults_fill_what_a_line_leaves_out_and_keep_its_id() -> None:
    [plain], _, _ = planned([{"prompt": "a"}])
    [item], _, _ = planned([{"prompt": "a"}], max_retry_attempts=2, negative_prompt="cars", max_concurrency=3)
    assert (item["max_retry_attempts"], item["negative_prompt"]) == (2, "cars")
    assert item["run_id"] == plain["run_id"]
    with pytest.raises(InvalidRequestError, match="did you mean batch_max_cost_usd"):
        BatchSettings.parse({"batch_max_cost_us": 3}, HERE)


def test_the_remembered_price_is_never_below_the_requests_own() -> None:
    prices = PriceList()
    for prompt in ("a", 'a "quoted" <b> text', "夜の海 " * 40, "x" * 400):
        admitted = admit_request({"prompt": prompt}, HERE, "run")
        request, found = admitted.request, prices.price(admitted)
        own = estimate(request, not prompt.isascii())
        assert own.worst_case_usd <= found["worst_case_usd"] <= 1.2 * own.worst_case_usd
        assert found["one_attempt_usd"] >= one_attempt_usd(request, not prompt.isascii())


def test_ten_thousand_lines_with_three_in_a_hundred_bad_are_planned_in_bounded_memory() -> None:
    command = [sys.executable, "-m", "tests.support.harnesses.plan_memory", "10000"]
    done = subprocess.run(command, cwd=Path(__file__).parents[4], capture_output=True, text=True, check=True)
    output = json.loads(done.stdout)

    counts, rejected = output["counts"], output["rejected"]
    assert [counts[name] for name in ("lines", "items", "rejected", "skipped")] == [10_000, 9_700, 300, 0]
    assert counts["worst_case_usd"] > counts["expected_usd"] > counts["one_attempt_each_usd"] > 0
    assert [row["line"] for row in rejected] == [number for number in range(1, 10_001) if number % 100 in BAD]
    assert all(row["reason"].startswith(BAD[row["line"] % 100][1]) for row in rejected)
    # 4 MiB for each of two temporary files before it goes to the disk, some 300 bytes an id, and as much again.
    assert output["grown_bytes"] < 14 * 1024 * 1024
