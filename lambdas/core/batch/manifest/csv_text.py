"""Find the encoding of a CSV file, and yield the file in UTF-8: spreadsheets also write UTF-16 and Windows-1252."""

import codecs
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from lambdas.core.runtime.errors import InvalidRequestError

_CHUNK_BYTES = 1024 * 1024
_IN_MEMORY_BYTES = 4 * 1024 * 1024
_LINE_BYTES = 256 * 1024
_HEAD_BYTES = 1024
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The beginnings of .xlsx and .xls.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Signs of another code page. Japanese in Shift JIS has 0x81 to 0x83; Cyrillic, Greek and Chinese have long runs of such bytes.
_NOT_WESTERN = re.compile(rb"[\x81-\x83\x8d\x8f\x90\x9d]|[\x80-\xff]{4}")
_FIX = 'save it as "CSV UTF-8"'


def refuse_other_formats(file: IO[bytes], *, utf_16: bool) -> None:
    """Refuse a workbook and, unless `utf_16` is allowed, a file in UTF-16. The file's position is kept.

    Raises:
        InvalidRequestError: the file cannot be read as text.
    """
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if head.startswith(_WORKBOOKS):
        raise InvalidRequestError(f"manifest: is an Excel workbook, whatever its name; {_FIX} in Excel")
    if head.startswith(_UTF_16) and not utf_16:
        raise InvalidRequestError("manifest: is UTF-16; save it as UTF-8")
    if b"\0" in head and not head.startswith(_UTF_16):
        raise InvalidRequestError(f"manifest: holds bytes of 0, so it is not UTF-8 text; {_FIX}")


@contextmanager
def open_as_utf8(file: IO[bytes]) -> Iterator[tuple[IO[bytes], str | None]]:
    """Yield the file's text in UTF-8 without a byte order mark, and a warning if the encoding was guessed.

    A file with some valid UTF-8 beyond ASCII is UTF-8; its other lines are rejected one by one.

    Raises:
        InvalidRequestError: the encoding is unknown.
    """
    refuse_other_formats(file, utf_16=True)
    head = file.read(len(codecs.BOM_UTF8))
    has_mark = head == codecs.BOM_UTF8
    file.seek(0)
    encoding = (
        "utf-8-sig"
        if has_mark
        else "utf-16"
        if head.startswith(_UTF_16)
        else "utf-8"
        if _is_utf8(file)
        else _guess(file)
    )
    only_returns = _has_only_returns(file, encoding)
    if encoding.startswith("utf-8") and not only_returns:
        file.seek(len(codecs.BOM_UTF8) if has_mark else 0)
        yield file, None
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as text:
        _convert(file, encoding, text, only_returns)
        yield text, _WARNING if encoding == "cp1252" else None


_WARNING = (
    f"manifest: is not UTF-8, so it is read as Windows-1252 (cp1252); if letters of the prompts look wrong, {_FIX}"
)


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _guess(file: IO[bytes]) -> str:
    """Return `utf-8` or `cp1252`, for a file that is not valid UTF-8."""
    number, foreign = 0, 0
    while line := file.readline(_LINE_BYTES):
        number += line.endswith(b"\n")
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeDecodeError:
            if not foreign and _NOT_WESTERN.search(line):
                foreign = max(1, number)
        else:
            file.seek(0)
            return "utf-8"
    file.seek(0)
    if foreign:
        raise InvalidRequestError(f"manifest: line {foreign} is neither UTF-8 nor Windows-1252 text; {_FIX}")
    return "cp1252"


def _has_only_returns(file: IO[bytes], encoding: str) -> bool:
    """Return whether the lines end with CR alone, as in Excel's "CSV (Macintosh)"."""
    head = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(_CHUNK_BYTES))
    file.seek(0)
    return "\r" in head and "\n" not in head


def _convert(file: IO[bytes], encoding: str, text: IO[bytes], only_returns: bool) -> None:
    # A file in UTF-8 may have invalid lines, which are rejected one by one.
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding.startswith("utf-8") else "strict")
    try:
        while chunk := file.read(_CHUNK_BYTES):
            text.write(_encode(decoder.decode(chunk), only_returns))
        text.write(_encode(decoder.decode(b"", final=True), only_returns))
    except UnicodeDecodeError:
        raise InvalidRequestError(f"manifest: is not valid {encoding.upper()}; {_FIX}") from None
    text.seek(0)


def _encode(text: str, only_returns: bool) -> bytes:
    return (text.replace("\r", "\n") if only_returns else text).encode("utf-8", "surrogateescape")
