"""The header of a CSV manifest: the names of its fields and of its extra columns, and its delimiter."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import IO

from lambdas.core.batch.manifest.csv_rows import read_rows
from lambdas.core.batch.results_csv import COLUMNS as RESULT_COLUMNS
from lambdas.core.batch.settings import BATCH_FIELDS, ITEM_FIELDS
from lambdas.core.request.faults import Faults
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value, nearest
from lambdas.core.runtime.strict_json import StrictJsonError, decode_utf8

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_FIELDS = ("id", *ITEM_FIELDS)
_FIELD_NAMES = frozenset(_FIELDS)
_MAX_COLUMNS = 1_000
# Excel writes and reads this line.
_SEP = re.compile(rb'"?sep=([,;\t])"?[,;\t]*\r?\n', re.IGNORECASE)
# Such a cell may be a blank row, read with another delimiter.
_NO_NAME = " \t\r\n\xa0,;"
_BLANKS = re.compile(r"[\s_-]+")
# Options of the command, and the fields that they set. A product's table may have such columns for other ends.
_FIELDS_BY_OPTION = {
    "attempts": "max_retry_attempts",
    "revisions": "max_prompt_revisions",
    "candidates": "titan_img_number_of_images",
    "seed": "titan_img_seed",
    "size": "titan_img_width and titan_img_height",
    "width": "titan_img_width",
    "height": "titan_img_height",
    "negative": "negative_prompt",
    "model": "image_model_id",
}
_MIN_CHARS, _MAX_CHARS, _MIN_RATIO = 4, 40, 0.8


@dataclass(frozen=True)
class Header:
    """The columns of a CSV manifest."""

    names: tuple[str, ...]
    """The name of each column: of a field, or as the header has it; "" for a column without a name."""
    delimiter: str

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """The names that are not fields. Their cells are carried through to the results."""
        return tuple(name for name in self.names if name and not is_field(name))

    @property
    def warnings(self) -> list[str]:
        """A warning for each extra column that could be meant as a field."""
        found = ((name, _FIELDS_BY_OPTION.get(_normalize(name))) for name in self.extra_columns)
        return [
            f"manifest: the column {format_value(name)} changes no picture, because the field is {field}; rename the column to use it"
            for name, field in found
            if field
        ]


def is_field(name: str) -> bool:
    """Return whether a column of this name holds a field of the request, or the item's `id`."""
    return name in _FIELD_NAMES


def split_cells(row: bytes, delimiter: str) -> list[str]:
    """Return the cells of a row.

    Raises:
        StrictJsonError: the row is not UTF-8.
        csv.Error: the row is not CSV.
    """
    return next(csv.reader([decode_utf8(row)], delimiter=delimiter, strict=True), [])


def read_header(file: IO[bytes], max_bytes: int) -> tuple[Header, int]:
    """Read the header, and return it with the number of the line after it. The file's position is then after the header.

    The delimiter is the one that gives the most names of fields.

    Raises:
        InvalidRequestError: there is no header, or it has a name that cannot be meant.
    """
    start, first_line, delimiters = file.tell(), 1, tuple(DELIMITERS)
    if found := _SEP.fullmatch(file.readline(len(b'"sep=;"') + max_bytes)):
        start, first_line, delimiters = file.tell(), 2, (found[1].decode(),)
    best: tuple[tuple[int, int], Header, int, int] | None = None
    fault = InvalidRequestError("manifest: is empty; give a header of request fields, and a row for each picture")
    for delimiter in delimiters:
        file.seek(start)
        try:
            names, next_line = _read_names(file, max_bytes, delimiter, first_line)
        except InvalidRequestError as found_fault:
            fault = found_fault
            continue
        rank = (sum(map(is_field, names)), len(names))
        if best is None or rank > best[0]:
            best = (rank, Header(names, delimiter), next_line, file.tell())
    if best is None or not any(best[1].names):
        raise fault
    _, header, next_line, end = best
    file.seek(end)
    _refuse_doubtful(header)
    return header, next_line


def _read_names(file: IO[bytes], max_bytes: int, delimiter: str, first_line: int) -> tuple[tuple[str, ...], int]:
    """Return the names in the first row that is not blank, and the number of the line after it."""
    start = file.tell()
    end = start
    for number, row in read_rows(file, max_bytes, delimiter, first_line):
        end += len(row)
        if len(row) > max_bytes:
            raise InvalidRequestError(
                f"manifest: the header is longer than {max_bytes:,} bytes; name only the fields that the rows use"
            )
        try:
            cells = split_cells(row, delimiter)
        except StrictJsonError as fault:
            raise InvalidRequestError(f"manifest: the header {fault}") from None
        except csv.Error as fault:
            raise InvalidRequestError(f"manifest: the header is not CSV ({fault})") from None
        if any(cell.strip(_NO_NAME) for cell in cells):
            file.seek(end)
            return tuple(map(_name, cells)), number + row.count(b"\n")
    return (), first_line


def _name(cell: str) -> str:
    """Return the name of the field that the cell means, else the cell without blanks around it."""
    found = _normalize(cell)
    return found if is_field(found) else cell.strip()


def _normalize(name: str) -> str:
    return _BLANKS.sub("_", name.strip()).strip("_").lower()


def _refuse_doubtful(header: Header) -> None:
    """Refuse a name that stands twice, a field that no line may have, and a name that is nearly a field's.

    A typo must not cost money: under `max_retry_attempt`, every row would run with the default.
    """
    faults = Faults()
    for name, times in Counter(filter(None, header.names)).items():
        if times > 1:
            faults.add(f"manifest: the header names {format_value(name)} twice; name every field once")
    if len(header.names) > _MAX_COLUMNS:
        faults.add(f"manifest: the header has {len(header.names):,} columns; give at most {_MAX_COLUMNS:,}")
    for name in dict.fromkeys(header.extra_columns):
        if fault := _name_fault(name):
            faults.add(f"manifest: the header names {fault}")
    faults.raise_if_any()


def _name_fault(name: str) -> str | None:
    found = _normalize(name)
    if found in BATCH_FIELDS:
        return f"{format_value(name)}, a field of the whole batch; set it in NAME.defaults.json"
    if found == "dry_run":
        return "dry_run, which no line may have; use `retake batch --dry-run`"
    if near := _nearest_field(found):
        return f"{format_value(name)}, which is not a field; did you mean {near}? An extra column needs a name that differs more"
    return None


def _nearest_field(name: str) -> str | None:
    """Return the field that a name may be a typo of. A column of results.csv and `prompt_ja` are not typos."""
    if name in RESULT_COLUMNS or not _MIN_CHARS <= len(name) <= _MAX_CHARS:
        return None
    near = nearest(name, _FIELDS, _MIN_RATIO)
    return near if near and not name.startswith(f"{near}_") else None
