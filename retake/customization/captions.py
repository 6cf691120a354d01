"""Pictures in a folder, with the captions that a person wrote: a text file beside each picture, a CSV or JSON lines."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lambdas.core.runtime.batch_paths import CSV
from lambdas.core.runtime.strict_json import StrictJsonError, read_json
from retake.customization.candidate import Candidate, Found, Refused
from retake.view.errors import BadInputError

_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".jfif"}
"""Also the endings of formats that the service does not take: a picture must not disappear without a reason."""
_CAPTION_FILES = ("captions.csv", "captions.jsonl", "metadata.csv", "metadata.jsonl")
_NAME_KEYS = ("file_name", "file", "name", "image", "image-ref", "run_id")
_CAPTION_KEYS = ("caption", "text", "prompt")


def find_in_folder(folder: Path, captions_file: Path | None) -> Found:
    """Return every picture in the folder and below it, with its caption.

    captions_file: read instead of captions.csv, captions.jsonl, metadata.csv or metadata.jsonl in the folder. A picture
        that the file does not name has the caption of the text file beside it.

    Raises:
        BadInputError: the folder or the file of captions cannot be used.
    """
    captions_file = captions_file or _find_captions_file(folder)
    captions = read_captions(captions_file) if captions_file else {}
    found: Found = []
    names = set()
    for path in _pictures(folder):
        name = path.relative_to(folder).as_posix()
        names.add(name)
        try:
            caption = captions.get(name) or _read_beside(path)
        except (OSError, UnicodeDecodeError) as error:
            found.append(Refused(name, f"its text file cannot be read as UTF-8 ({error})"))
            continue
        found.append(Candidate(name, path.read_bytes, caption))
    found += [
        Refused(name, f"{captions_file} names it, but it is not in {folder}") for name in captions if name not in names
    ]
    return found


def read_captions(path: Path) -> dict[str, str]:
    """Return the captions in a CSV or in JSON lines, by the name of the picture or the run.

    Raises:
        BadInputError: the file cannot be used; the message has a line for each fault.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{path}: is not UTF-8; save it as UTF-8") from None
    rows = _csv_rows(text) if path.name.lower().endswith(CSV) else _json_rows(text)
    captions: dict[str, str] = {}
    faults = []
    for line, row in rows:
        name, caption = _pick(row, _NAME_KEYS), _pick(row, _CAPTION_KEYS)
        if name is None or caption is None:
            faults.append(
                f"{path}: line {line}: needs one of {', '.join(_NAME_KEYS)}, and one of {', '.join(_CAPTION_KEYS)}"
            )
        elif name in captions and captions[name] != caption:
            faults.append(f"{path}: line {line}: {name} has two captions; keep one")
        else:
            captions[name] = caption
    if not captions and not faults:
        faults = [f"{path}: has no captions"]
    if faults:
        raise BadInputError("\n".join(faults))
    return captions


def _find_captions_file(folder: Path) -> Path | None:
    found = [folder / name for name in _CAPTION_FILES if (folder / name).is_file()]
    if len(found) > 1:
        raise BadInputError(
            f"{folder}: has {' and '.join(path.name for path in found)}; choose one with --captions, or delete the others"
        )
    return found[0] if found else None


def _pictures(folder: Path) -> Iterator[Path]:
    try:
        for path in sorted(folder.rglob("*")):
            is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.suffix.lower() in _PICTURES and path.is_file() and not is_hidden:
                yield path
    except OSError as error:
        raise BadInputError(f"{folder}: cannot be read ({error.strerror or error})") from None


def _read_beside(path: Path) -> str:
    beside = path.with_suffix(".txt")
    return " ".join(beside.read_bytes().decode("utf-8-sig").split()) if beside.is_file() else ""


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = csv.DictReader(io.StringIO(text, newline=""))
    for row in lines:
        yield lines.line_num, {str(key).strip().lower(): value for key, value in row.items() if key is not None}


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = read_json(line)
        except StrictJsonError:
            row = None
        yield number, row if isinstance(row, dict) else {}


def _pick(row: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    value = next((row[key] for key in keys if row.get(key)), None)
    return " ".join(value.split()) if isinstance(value, str) and value.strip() else None
