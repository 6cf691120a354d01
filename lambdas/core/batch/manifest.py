"""Read a manifest: `.jsonl`, `.json` (one array of objects) or `.csv` (a header of request fields).

The file is UTF-8, with or without a byte order mark. Only one entry at a time is in memory.
"""

import codecs
import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from lambdas.core.batch.cells import parse_cell
from lambdas.core.batch.csv_rows import read_rows
from lambdas.core.batch.json_array import read_elements
from lambdas.core.runtime.batch_paths import CSV, JSON_ARRAY, JSON_LINES
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.strict_json import JsonSyntaxError, StrictJsonError, decode_utf8, read_json

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


def read_manifest(file: IO[bytes], ending: str) -> Iterator[Line]:
    """Yield the entries of a manifest, in order. Blank lines are skipped.

    ending: one of `ENDINGS`.

    Raises:
        InvalidRequestError: the file has no array or no header, or the rest cannot be split into entries.
    """
    mark = file.read(len(codecs.BOM_UTF8))
    if mark != codecs.BOM_UTF8:
        file.seek(0)
    readers = {JSON_LINES: _lines, JSON_ARRAY: _array, CSV: _rows}
    return readers[ending](file)


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


def _rows(file: IO[bytes]) -> Iterator[Line]:
    csv.field_size_limit(MAX_LINE_BYTES)
    rows = read_rows(file, MAX_LINE_BYTES)
    header = _header(next(rows, (1, b""))[1])
    for number, row in rows:
        if len(row) > MAX_LINE_BYTES:
            yield Line(number, fault=f"{_TOO_LONG}, or a quote is not closed", text=_beginning(row))
            continue
        try:
            cells = _cells(row)
        except StrictJsonError as fault:
            yield Line(number, fault=str(fault), text=_beginning(row))
        except csv.Error as fault:
            yield Line(number, fault=f"is not CSV: {fault}", text=_beginning(row))
        else:
            if any(cell.strip() for cell in cells):
                yield _row(number, header, cells)


def _cells(row: bytes) -> list[str]:
    return next(csv.reader([decode_utf8(row)], strict=True), [])


def _header(row: bytes) -> list[str]:
    if len(row) > MAX_LINE_BYTES:
        raise InvalidRequestError(f"manifest: the header {_TOO_LONG}")
    try:
        header = [name.strip() for name in _cells(row)]
    except StrictJsonError as fault:
        raise InvalidRequestError(f"manifest: the header {fault}") from None
    except csv.Error as fault:
        raise InvalidRequestError(f"manifest: the header is not CSV ({fault})") from None
    if not any(header):
        raise InvalidRequestError("manifest: is empty; give a header of request fields, and a row for each picture")
    name, times = Counter(header).most_common(1)[0]
    if times > 1:
        raise InvalidRequestError(f"manifest: the header names {format_value(name)} twice; name every field once")
    return header


def _row(number: int, header: list[str], cells: list[str]) -> Line:
    if len(cells) != len(header):
        return Line(number, fault=f"has {len(cells)} cells under a header of {len(header)}; quote a cell with a comma")
    try:
        return Line(
            number, {name: parse_cell(name, cell) for name, cell in zip(header, cells, strict=True) if cell.strip()}
        )
    except ValueError as fault:
        return Line(number, fault=str(fault))


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
