"""CSV manifests as spreadsheets write them: other delimiters, encodings and headers, and columns of the user's own."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.core.batch.manifest.manifest import Line, read_manifest
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings

HERE = Settings(bucket="pictures", max_cost_usd_per_batch=1e6)


def read(content: bytes) -> list[Line]:
    return list(read_manifest(io.BytesIO(content), ".csv"))


def fields(content: bytes) -> list[Any]:
    return [line.fields for line in read(content)]


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(str.strip)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.tuples(texts, texts), max_size=5),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
    sep=st.booleans(),
)
def test_a_table_is_read_as_it_was_written_whatever_the_delimiter_and_the_encoding(
    rows: list[tuple[str, str]], delimiter: str, encoding: str, end: str, sep: bool
) -> None:
    text = io.StringIO(newline="")
    if sep:
        text.write(f"sep={delimiter}{end}")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([(" PROMPT ", "Negative Prompt"), *rows])
    found = read(text.getvalue().encode(encoding))
    assert [line.fields for line in found] == [{"prompt": one, "negative_prompt": two} for one, two in rows]
    assert [line.number for line in found][:1] == [2 + sep][: len(rows)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_spreadsheets_unicode_text_is_read(encoding: str) -> None:
    text = '\ufeffprompt\tid\r\n"夜の海、\nオーロラ"\ta\r\n"a ""moon"""\tb\r\n'
    assert fields(text.encode(encoding)) == [
        {"prompt": "夜の海、\nオーロラ", "id": "a"},
        {"prompt": 'a "moon"', "id": "b"},
    ]


def test_windows_1252_is_read_with_a_warning() -> None:
    entries = read_manifest(io.BytesIO("prompt;id\nfünf rote Äpfel – “schön”…;a\n".encode("cp1252")), ".csv")
    assert [line.fields for line in entries] == [{"prompt": "fünf rote Äpfel – “schön”…", "id": "a"}]
    assert entries.warnings == [
        "manifest: is not UTF-8, so it is read as Windows-1252 (cp1252); if letters of the prompts look wrong, "
        'save it as "CSV UTF-8"'
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_known_encoding_is_no_warning(encoding: str) -> None:
    entries = read_manifest(io.BytesIO("prompt\nfünf Äpfel\n".encode(encoding)), ".csv")
    assert [line.fields for line in entries] == [{"prompt": "fünf Äpfel"}]
    assert entries.warnings == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("夜の海にオーロラ", "cp932"), ("красный круг", "cp1251"), ("红色的圆圈", "gbk"), ("빨간 동그라미", "cp949")],
)
def test_another_code_page_is_refused_and_not_read_as_western_letters(text: str, encoding: str) -> None:
    with pytest.raises(
        InvalidRequestError, match='line 2 is neither UTF-8 nor Windows-1252 text; save it as "CSV UTF-8"'
    ):
        read(f"prompt\n{text}\n".encode(encoding))


def test_one_broken_row_of_a_utf_8_file_is_rejected_and_the_others_keep_their_letters() -> None:
    found = read("prompt\nfünf\n".encode() + b"caf\xe9\n" + "夜の海\n".encode())
    assert [line.fields for line in found] == [{"prompt": "fünf"}, None, {"prompt": "夜の海"}]
    assert "is not UTF-8" in (found[1].fault or "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "is an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook"),
        ("prompt\na moon\n".encode("utf-16-le"), "holds bytes of 0"),
        (b"\xff\xfep\x00r", "is not valid UTF-16"),
        (b"\xff\xfe\x00\xd8\n\x00", "is not valid UTF-16"),
        (b"", "is empty"),
        (b"sep=;\n", "is empty"),
        (b"\n,,\n", "is empty"),
        (b"prompt,Prompt\n", 'the header names "prompt" twice'),
        (b"prompt,sku,sku\n", 'the header names "sku" twice'),
        (b"prompt," + b",".join(b"x%d" % n for n in range(1_000)), "has 1,001 columns"),
        (b"prompt,max_retry_attempt\n", '"max_retry_attempt", which is not a field; did you mean max_retry_attempts?'),
        (b"prompt;Max Attempts\n", '"Max Attempts", which is not a field; did you mean max_retry_attempts?'),
        (b"promt\n", "did you mean prompt?"),
        (b"prompt\tmax_cost\n", "did you mean max_cost_usd?"),
        (b"prompt,dry_run\n", "use `retake batch --dry-run`"),
        (b"prompt,Rerun\n", '"Rerun", a field of the whole batch; set it in NAME.defaults.json'),
        (b"prompt,batch_max_cost_usd\n", "a field of the whole batch"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_whole(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read(content)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04\x14\x00\x06\x00", '{"prompt": "a"}'.encode("utf-16"), '{"prompt": "a"}'.encode("utf-16-le")],
)
@pytest.mark.parametrize("ending", [".jsonl", ".json"])
def test_json_in_another_format_is_refused_whole(content: bytes, ending: str) -> None:
    with pytest.raises(InvalidRequestError, match="Excel workbook|is UTF-16|bytes of 0"):
        list(read_manifest(io.BytesIO(content), ending))


def test_columns_of_the_users_own_are_kept_beside_the_fields() -> None:
    entries = read_manifest(
        io.BytesIO(b"SKU,Prompt,prompt_ja,cost_usd,Max Retry Attempts,run_id\nA-1,a moon,,0.1,2,x\n,a star,y,,,\n"),
        ".csv",
    )
    first, second = entries
    assert first == Line(
        2, {"prompt": "a moon", "max_retry_attempts": 2}, extra={"SKU": "A-1", "cost_usd": "0.1", "run_id": "x"}
    )
    assert second == Line(3, {"prompt": "a star"}, extra={"prompt_ja": "y"})
    assert entries.extra_columns == ("SKU", "prompt_ja", "cost_usd", "run_id")


def test_what_spreadsheets_add_is_ignored() -> None:
    found = read(b'\r\n"Prompt",strict note,,\r\n"a; moon\r\nand a star",TRUE,,,,\r\n,,,\r\n\r\na sun,,,x\r\n')
    assert found[0] == Line(3, fields={"prompt": "a; moon\r\nand a star"}, extra={"strict note": "TRUE"})
    assert found[1].number == 7
    assert found[1].fault == "has a cell in a column without a name; name the column in the header"
    assert found[1].text == "a sun,,,x"


def test_numbers_and_flags_are_read_as_spreadsheets_write_them() -> None:
    content = b"prompt;max_cost_usd;max_retry_attempts\na;0,5;2\nb;1,234,5;2\n"
    half, odd = read(content)
    assert half.fields == {"prompt": "a", "max_cost_usd": 0.5, "max_retry_attempts": 2}
    assert odd.fields == {"prompt": "b", "max_cost_usd": "1,234,5", "max_retry_attempts": 2}
    # With commas between the cells, a number has a point.
    [quoted] = read(b'prompt,max_cost_usd\na,"0,5"\n')
    assert quoted.fields == {"prompt": "a", "max_cost_usd": "0,5"}


def test_a_delimiter_inside_the_header_does_not_decide() -> None:
    assert fields(b'prompt;"size, in cm"\na, b;3\n') == [{"prompt": "a, b"}]
    assert fields(b"a;b;c,prompt\n1,a moon\n") == [{"prompt": "a moon"}]


def test_the_plan_keeps_extra_columns_of_items_and_of_rejected_lines() -> None:
    content = b"id,prompt,sku\none,a moon,A-1\na--b,a star,A-2\none,a sun,A-3\ntwo,a sun,A-4\n,a sun,A-5\n,a sun,A-6\n"
    with Plan("x-12345678", HERE, BatchSettings.parse({}, HERE), 1, "run-1") as plan:
        plan.add_lines(read_manifest(io.BytesIO(content), ".csv"))
        plan.items.seek(0)
        plan.rejected.seek(0)
        items, rejected = json.loads(plan.items.read()), [json.loads(line) for line in plan.rejected]
    assert [(item["batch"]["line"], item["batch"]["extra"]) for item in items] == [
        (5, {"sku": "A-4"}),
        # The last line differs only in its extra column, so it is a duplicate.
        (6, {"sku": "A-5"}),
    ]
    assert plan.counts.skipped == 1
    assert [(line["line"], line["id"], line["text"], line["extra"]) for line in rejected] == [
        (2, "one", "a moon", {"sku": "A-1"}),
        (3, "a--b", "a star", {"sku": "A-2"}),
        (4, "one", "a sun", {"sku": "A-3"}),
    ]
    assert [one.partition(":")[0] for one in plan.first_rejections] == ["line 2", "line 3", "line 4"]


@pytest.mark.parametrize(("defaults", "is_refused"), [({}, True), ({"prompt": "a moon"}, False)])
def test_a_header_without_prompts_is_refused_unless_the_defaults_have_one(
    defaults: dict[str, str], is_refused: bool
) -> None:
    manifest = read_manifest(io.BytesIO(b"titan_img_seed,a,b,c,d,e\n5,,,,,\n"), ".csv")
    with Plan("x-12345678", HERE, BatchSettings.parse(defaults, HERE), 1, "run-1") as plan:
        if is_refused:
            with pytest.raises(
                InvalidRequestError, match='but "titan_img_seed", "a", "b", "c", "d", …; name the column'
            ):
                plan.add_lines(manifest)
        else:
            plan.add_lines(manifest)
            assert plan.counts.items == 1


def test_a_file_with_the_line_ends_of_a_macintosh_is_read() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert fields("prompt;id\ra café;x\ra moon;y\r".encode(encoding)) == [
            {"prompt": "a café", "id": "x"},
            {"prompt": "a moon", "id": "y"},
        ]


def test_a_choice_and_an_id_lose_the_blanks_around_them_and_a_prompt_keeps_them() -> None:
    [row] = read(b"prompt,id,revise_policy\na moon , x ,adaptive \n")
    assert row.fields == {"prompt": "a moon ", "id": "x", "revise_policy": "adaptive"}


def test_a_row_with_too_few_cells_says_so() -> None:
    few, many = read(b"prompt,id\na moon\na,b,c\n")
    assert few.fault == "has 1 cell under a header of 2; write a comma for each empty cell"
    assert many.fault == "has 3 cells under a header of 2; quote a cell with a comma"


def test_every_doubtful_name_of_the_header_is_named() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read(b"prompt,promt,max_retry_attemps,dry_run,id,id\na,b,c,d,e,f\n")
    assert [line.split(";")[0] for line in refused.value.faults] == [
        'manifest: the header names "id" twice',
        'manifest: the header names "promt", which is not a field',
        'manifest: the header names "max_retry_attemps", which is not a field',
        "manifest: the header names dry_run, which no line may have",
    ]


def test_a_column_named_as_an_option_is_kept_with_a_warning() -> None:
    entries = read_manifest(io.BytesIO(b"prompt,Seed,size\na,7,XL\n"), ".csv")
    assert [line.extra for line in entries] == [{"Seed": "7", "size": "XL"}]
    assert entries.warnings == [
        'manifest: the column "Seed" changes no picture, because the field is titan_img_seed; rename the column to use it',
        'manifest: the column "size" changes no picture, because the field is titan_img_width and titan_img_height; rename the '
        "column to use it",
    ]
