"""Read a manifest: `.jsonl`, `.json` (one array of objects) or `.csv` (a header of request fields).

JSON is UTF-8, with or without a byte order mark. CSV may have another encoding and delimiter: see `csv_text` and
`csv_header`. Only one entry at a time is in memory.
"""

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from lambdas.core.batch.manifest.cells import parse_cell
from lambdas.core.batch.manifest.csv_header import DELIMITERS, Header, is_field, read_header, split_cells
from lambdas.core.batch.manifest.csv_rows import read_rows
from lambdas.core.batch.manifest.csv_text import open_as_utf8, refuse_other_formats
from lambdas.core.batch.manifest.json_array import read_elements
from lambdas.core.runtime.batch_paths import CSV, JSON_ARRAY, JSON_LINES
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.strict_json import JsonSyntaxError, StrictJsonError, read_json

# AWS: an item of a map is an execution's input, which holds at most 256 KiB.
MAX_LINE_BYTES = 240 * 1024
MAX_TEXT_CHARS = 1_000
"""The longest text of a rejected line that is kept."""


@dataclass(frozen=True)
class Line:
    """One entry of a manifest: its fields, or the reason why it cannot be used."""

    number: int
    """The line of the file at which it begins, from 1."""
    fields: dict[str, Any] | None = None
    fault: str | None = None
    text: str = ""
    """The beginning of an entry without fields, for rejected.jsonl."""
    extra: dict[str, str] = field(default_factory=dict)
    """The cells of a CSV row under headers that are not fields."""
    columns: tuple[str, ...] = ()
    """The header of a CSV row, if it has no column of prompts."""


class Entries:
    """The entries of a manifest, in order. Blank lines are skipped. Iterate once; the attributes are complete at the end.

    Raises:
        InvalidRequestError: the file has no array or no header, or the rest cannot be split into entries.
    """

    def __init__(self, file: IO[bytes], ending: str) -> None:
        self._file = file
        self._ending = ending
        self.warnings: list[str] = []
        self.extra_columns: tuple[str, ...] = ()
        """The columns of a CSV file that are not fields."""

    def __iter__(self) -> Iterator[Line]:
        if self._ending == CSV:
            yield from self._rows()
            return
        refuse_other_formats(self._file, utf_16=False)
        mark = self._file.read(len(codecs.BOM_UTF8))
        if mark != codecs.BOM_UTF8:
            self._file.seek(0)
        yield from {JSON_LINES: _lines, JSON_ARRAY: _array}[self._ending](self._file)

    def _rows(self) -> Iterator[Line]:
        csv.field_size_limit(MAX_LINE_BYTES)
        with open_as_utf8(self._file) as (file, warning):
            if warning:
                self.warnings.append(warning)
            header, first_line = read_header(file, MAX_LINE_BYTES)
            self.extra_columns = header.extra_columns
            self.warnings += header.warnings
            for number, row in read_rows(file, MAX_LINE_BYTES, header.delimiter, first_line):
                if line := _row(number, header, row):
                    yield line


def read_manifest(file: IO[bytes], ending: str) -> Entries:
    """Return the entries of a manifest. `ending` is one of `ENDINGS`."""
    return Entries(file, ending)


def _lines(file: IO[bytes]) -> Iterator[Line]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 2):
        number += 1
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            text = _beginning(line)
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE_BYTES)
            yield Line(number, fault=_TOO_LONG, text=text)
        elif line.strip():
            yield _entry(number, line)


_TOO_LONG = f"is longer than {MAX_LINE_BYTES:,} bytes; an item takes no more"


def _entry(number: int, text: bytes) -> Line:
    try:
        value = read_json(text)
    except StrictJsonError as fault:
        return Line(number, fault=str(fault), text=_beginning(text))
    return _object(number, value, text)


def _object(number: int, value: Any, text: bytes) -> Line:
    if not isinstance(value, dict):
        return Line(number, fault="is not a JSON object; give one with at least a prompt", text=_beginning(text))
    return Line(number, value)


def _beginning(text: bytes) -> str:
    return text[: 4 * MAX_TEXT_CHARS].decode("utf-8", "replace").strip()[:MAX_TEXT_CHARS]


def _array(file: IO[bytes]) -> Iterator[Line]:
    for number, text in read_elements(file, MAX_LINE_BYTES):
        body = text.encode("utf-8", "surrogateescape")
        if len(body) > MAX_LINE_BYTES:
            yield Line(number, fault=_TOO_LONG, text=_beginning(body))
            continue
        try:
            value = read_json(body)
        except JsonSyntaxError as fault:
            # The end of this element is then unknown too, and so is the rest of the array.
            where = f"line {number + fault.line - 1}"
            raise InvalidRequestError(
                f"manifest: is not JSON: {fault.reason} in {where}; fix it, nothing was run"
            ) from None
        except StrictJsonError as fault:
            yield Line(number, fault=str(fault), text=_beginning(body))
        else:
            yield _object(number, value, body)


def _row(number: int, header: Header, row: bytes) -> Line | None:
    """Return the entry of a CSV row; None for a blank row."""
    if len(row) > MAX_LINE_BYTES:
        return Line(number, fault=f"{_TOO_LONG}, or a quote is not closed", text=_beginning(row))
    try:
        cells = split_cells(row, header.delimiter)
    except StrictJsonError as fault:
        return Line(number, fault=str(fault), text=_beginning(row))
    except csv.Error as fault:
        return Line(number, fault=f"is not CSV: {fault}", text=_beginning(row))
    if not any(cell.strip() for cell in cells):
        return None
    names = header.names
    # Spreadsheets also write blank cells to the right of the table.
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(names):
        return Line(number, fault=_count_fault(len(cells), header), text=_beginning(row))
    given = {name: cell for name, cell in zip(names, cells, strict=True) if cell.strip()}
    extra = {name: cell for name, cell in given.items() if name and not is_field(name)}
    if "" in given:
        reason = "has a cell in a column without a name; name the column in the header"
        return Line(number, fault=reason, text=_beginning(row), extra=extra)
    decimal_comma = header.delimiter != ","
    fields = {
        name: parse_cell(name, cell, decimal_comma=decimal_comma) for name, cell in given.items() if is_field(name)
    }
    return Line(number, fields, extra=extra, columns=() if "prompt" in names else names)


def _count_fault(cells: int, header: Header) -> str:
    has = f"has {cells} cell{'' if cells == 1 else 's'} under a header of {len(header.names)}"
    mark = DELIMITERS[header.delimiter]
    if cells < len(header.names):
        return f"{has}; write a {mark} for each empty cell"
    return f"{has}; quote a cell with a {mark}"


def parse_defaults(text: bytes) -> dict[str, Any]:
    """Return the object in a defaults file.

    Raises:
        InvalidRequestError: the file does not hold an object.
    """
    found = _entry(1, text)
    if found.fields is None:
        raise InvalidRequestError(f"defaults: the file {found.fault}")
    return found.fields


def to_json(document: Any) -> str:
    """Return the document as JSON on one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
